# Each final model, once a seed, with the best weights that its search found.


rule train:
    input:
        packs=lambda wildcards: dag.packs(wildcards.model),
        judges=dag.judges,
        winners=lambda wildcards: dag.winners(wildcards.model),
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
        study=lambda wildcards: dag.study_option(wildcards.model, wildcards.seed),
        budget_kimg=lambda wildcards: dag.budget_kimg(wildcards.model),
        digest=lambda wildcards: digests.train(wildcards.model),
    shell:
        "python -m bench train --config {params.settings} --model {wildcards.model} --seed {wildcards.seed}"
        " --pack {input.packs} --judges {input.judges} --weights {input.winners} {params.study}"
        " --budget-kimg {params.budget_kimg}"
        " --output {output.weights} --curve {output.curve}"
        " 2>&1 | tee {log} >&2"
