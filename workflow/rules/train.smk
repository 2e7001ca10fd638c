# Each final model, once a seed, with the best weights that its search found.


rule train:
    input:
        packs=by_wildcards(dag.packs),
        judges=dag.judges,
        winners=by_wildcards(dag.winners),
    output:
        weights=paths.weights("{model}", "{seed}"),
        card=paths.weights("{model}", "{seed}").with_suffix(".json"),
        curve=paths.curve("{model}", "{seed}"),
    log:
        paths.log("train", "{model}.seed{seed}"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=8000,
        runtime=2880,
    params:
        settings=paths.settings,
        study=by_wildcards(dag.study_option),
        budget_kimg=by_wildcards(dag.budget_kimg),
        digest=by_wildcards(digests.train),
    shell:
        "python -m bench train --config {params.settings} --model {wildcards.model} --seed {wildcards.seed}"
        " --pack {input.packs} --judges {input.judges} --weights {input.winners} {params.study}"
        " --budget-kimg {params.budget_kimg}"
        " --output {output.weights} --curve {output.curve}"
        " 2>&1 | tee {log} >&2"
