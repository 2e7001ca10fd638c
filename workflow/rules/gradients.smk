# The paper's figures 1 and 2 as experiments: which loss moves generated samples that are far from the real ones?


rule gradients:
    input:
        pack=dag.pack,
    output:
        table=report(
            paths.table("gradients"),
            caption="../report/table.rst",
            category="Tables",
        ),
    log:
        paths.log("gradients", "gradients"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=720,
    params:
        settings=paths.settings,
        digest=digests.gradients(),
    shell:
        "python -m bench gradients --config {params.settings} --pack {input.pack} --output {output.table}"
        " 2>&1 | tee {log} >&2"
