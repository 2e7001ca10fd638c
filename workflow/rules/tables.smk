# The tidy tables of the output contract, from the results of every job.


rule tables:
    input:
        scores=dag.score_tables,
        curves=dag.curve_tables,
        trials=dag.trial_tables,
        speed=paths.step_costs,
        speed_ratio=paths.step_cost_ratios,
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
        " --trials {input.trials} --speed {input.speed} --speed-ratio {input.speed_ratio} --gradients {input.gradients}"
        " --output-folder {params.folder}"
        " 2>&1 | tee {log} >&2"
