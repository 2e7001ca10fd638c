# The centres of each arm's ranges, where they are balanced. One sequential study per job; Snakemake runs studies side by
# side. Then the best weights of each arm.


rule centres:
    input:
        packs=lambda wildcards: dag.packs(wildcards.model),
    output:
        centres=paths.centres("{model}"),
    log:
        paths.log("centres", "{model}"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=8000,
        runtime=1440,
    params:
        settings=paths.settings,
        digest=lambda wildcards: digests.centres(wildcards.model),
    shell:
        "python -m bench centres --config {params.settings} --model {wildcards.model}"
        " --pack {input.packs} --output {output.centres}"
        " 2>&1 | tee {log} >&2"


rule search:
    input:
        packs=lambda wildcards: dag.packs(wildcards.model),
        judges=dag.judges,
        centres=lambda wildcards: dag.centres(wildcards.model, wildcards.sampler),
    output:
        trials=paths.trials("{model}", "{space}{sampler}", "{study}"),
    log:
        paths.log("search", "{model}.{space}{sampler}.study{study}"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=8000,
        runtime=1440,
    params:
        settings=paths.settings,
        space=lambda wildcards: dag.space(wildcards.space),
        digest=lambda wildcards: digests.search(wildcards.model, wildcards.space, wildcards.sampler),
    shell:
        "python -m bench search --config {params.settings} --model {wildcards.model}"
        " --space {params.space} --sampler {wildcards.sampler} --study {wildcards.study}"
        " --pack {input.packs} --judges {input.judges} --centres {input.centres} --output {output.trials}"
        " 2>&1 | tee {log} >&2"


rule winner:
    input:
        trials=lambda wildcards: dag.studies(wildcards.model),
    output:
        weights=paths.winner("{model}"),
    log:
        paths.log("winner", "{model}"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        settings=paths.settings,
        digest=digests.winner(),
    shell:
        "python -m bench winner --config {params.settings} --model {wildcards.model}"
        " --trials {input.trials} --output {output.weights}"
        " 2>&1 | tee {log} >&2"
