# The centres of each arm's ranges, where they are balanced. One sequential study per job; Snakemake runs studies side by
# side. Then the best weights of each arm.


rule centres:
    input:
        packs=by_wildcards(dag.packs),
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
        digest=by_wildcards(digests.centres),
    shell:
        "python -m bench centres --config {params.settings} --model {wildcards.model}"
        " --pack {input.packs} --output {output.centres}"
        " 2>&1 | tee {log} >&2"


rule search:
    input:
        packs=by_wildcards(dag.packs),
        judges=dag.judges,
        centres=by_wildcards(dag.centres),
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
        space=by_wildcards(dag.space),
        digest=by_wildcards(digests.search),
    shell:
        "python -m bench search --config {params.settings} --model {wildcards.model}"
        " --space {params.space} --sampler {wildcards.sampler} --study {wildcards.study}"
        " --pack {input.packs} --judges {input.judges} --centres {input.centres} --output {output.trials}"
        " 2>&1 | tee {log} >&2"


rule winner:
    input:
        trials=by_wildcards(dag.studies),
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
