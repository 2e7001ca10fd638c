# Step costs of every timed variant, and what a trial's evaluation costs, in one job so that their blocks are interleaved.
# It asks for more cores than there are, gets them all, and so runs alone: jobs side by side would spoil its clock.


rule speed:
    input:
        pack=dag.pack,
        judges=dag.judges,
    output:
        blocks=paths.step_blocks,
    log:
        paths.log("speed", "speed"),
    conda:
        "../../envs/bench.yaml"
    threads: 64
    resources:
        gpu=1,
        mem_mb=8000,
        runtime=720,
    params:
        settings=paths.settings,
        digest=digests.speed(),
    shell:
        "python -m bench speed --config {params.settings} --pack {input.pack} --judges {input.judges}"
        " --output {output.blocks}"
        " 2>&1 | tee {log} >&2"
