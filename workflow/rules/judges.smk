# Two independent classifiers, trained on real images that no GAN sees: A gives features, B gives accuracy.


rule judge:
    input:
        pack=dag.pack,
    output:
        weights=paths.judge("{judge}"),
        card=paths.judge("{judge}").with_suffix(".json"),
    log:
        paths.log("judge", "judge_{judge}"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=8000,
        runtime=240,
    params:
        settings=paths.settings,
        digest=digests.judge(),
    shell:
        "python -m bench judge --config {params.settings} --pack {input.pack} --judge {wildcards.judge}"
        " --output {output.weights}"
        " 2>&1 | tee {log} >&2"
