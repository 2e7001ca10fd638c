# The tidy tables of the output contract, from the results of every job.


rule tables:
    input:
        scores=dag.score_tables,
        curves=dag.curve_tables,
        trials=dag.trial_tables,
        blocks=paths.step_blocks,
        gradients=dag.gradients,
    output:
        report(
            dag.tables,
            caption="../report/table.rst",
            category="Tables",
        ),
    log:
        paths.log("tables", "tables"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        settings=paths.settings,
        folder=paths.root / "tables",
        digest=digests.tables(),
    shell:
        "python -m bench tables --config {params.settings} --scores {input.scores} --curves {input.curves}"
        " --trials {input.trials} --step-blocks {input.blocks} --gradients {input.gradients}"
        " --output-folder {params.folder}"
        " 2>&1 | tee {log} >&2"
