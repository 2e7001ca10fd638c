# Translations of every scored split by each final model and their scores, and the scores of the controls that need no
# model. Of the translations only the first of each edit stay, for plots and report.


rule score:
    input:
        model=paths.weights("{model}", "{seed}"),
        pack=dag.pack,
        judges=dag.judges,
    output:
        scores=paths.scores("{model}", "{seed}"),
        shown=paths.translations("{model}", "{seed}"),
    log:
        paths.log("score", "{model}.seed{seed}"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=16000,
        runtime=480,
    params:
        settings=paths.settings,
        digest=lambda wildcards: digests.score(wildcards.model),
    shell:
        "python -m bench score --config {params.settings} --model {input.model} --pack {input.pack}"
        " --judges {input.judges} --output {output.scores} --shown {output.shown}"
        " 2>&1 | tee {log} >&2"


rule score_controls:
    input:
        pack=dag.pack,
        judges=dag.judges,
    output:
        scores=paths.control_scores,
    log:
        paths.log("score_controls", "control"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=16000,
        runtime=240,
    params:
        settings=paths.settings,
        digest=digests.score_controls(),
    shell:
        "python -m bench score_controls --config {params.settings} --pack {input.pack} --judges {input.judges}"
        " --output {output.scores}"
        " 2>&1 | tee {log} >&2"
