# Translations of a split by each final model, their scores, and the scores of the controls that need no model. Whole
# translations are large, and deleted once they are scored; the first of each edit stay for plots and report.


rule translate:
    input:
        model=paths.weights("{model}", "{seed}"),
        pack=dag.pack,
    output:
        translations=temp(paths.whole_translations("{model}", "{seed}", "{split}")),
        shown=paths.translations("{model}", "{seed}", "{split}"),
    log:
        paths.log("translate", "{model}.seed{seed}.{split}"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=16000,
        runtime=120,
    params:
        settings=paths.settings,
        digest=causes.translate,
    shell:
        "python -m bench translate --config {params.settings} --model {input.model} --pack {input.pack}"
        " --split {wildcards.split} --output {output.translations} --shown {output.shown}"
        " 2>&1 | tee {log} >&2"


rule score:
    input:
        translations=paths.whole_translations("{model}", "{seed}", "{split}"),
        pack=dag.pack,
        judges=dag.judges,
    output:
        scores=paths.scores("{model}", "{seed}", "{split}"),
    log:
        paths.log("score", "{model}.seed{seed}.{split}"),
    # Before the next translations, so that few whole ones lie on disk at a time.
    priority: 1
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=16000,
        runtime=240,
    params:
        settings=paths.settings,
        digest=causes.score(),
    shell:
        "python -m bench score --config {params.settings} --pack {input.pack} --judges {input.judges}"
        " --split {wildcards.split} --translations {input.translations}"
        " --model {wildcards.model} --seed {wildcards.seed} --output {output.scores}"
        " 2>&1 | tee {log} >&2"


rule score_controls:
    input:
        pack=dag.pack,
        judges=dag.judges,
    output:
        scores=paths.control_scores("{split}"),
    log:
        paths.log("score", "control.{split}"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=16000,
        runtime=240,
    params:
        settings=paths.settings,
        digest=causes.score(),
    shell:
        "python -m bench score --config {params.settings} --pack {input.pack} --judges {input.judges}"
        " --split {wildcards.split} --controls --output {output.scores}"
        " 2>&1 | tee {log} >&2"
