# One figure a plot, and the self-contained report.


rule plot:
    input:
        tables=lambda wildcards: dag.plot_tables(wildcards.plot),
        translations=lambda wildcards: dag.plot_translations(wildcards.plot),
        packs=lambda wildcards: dag.plot_packs(wildcards.plot),
    output:
        figure=report(
            paths.figure("{plot}", "{suffix}"),
            caption="../report/figure.rst",
            category="Figures",
        ),
    log:
        paths.log("plot", "{plot}.{suffix}"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=paths.settings,
        tables=paths.root / "tables",
        caption=lambda wildcards: dag.caption(wildcards.plot),
        digest=lambda wildcards: digests.plot(wildcards.plot),
    shell:
        "python -m bench plot --config {params.settings} --plot {wildcards.plot} --tables {params.tables}"
        " --translations {input.translations} --pack {input.packs} --output {output.figure}"
        " 2>&1 | tee {log} >&2"


rule report:
    input:
        tables=dag.tables,
        figures=dag.figures,
        translations=dag.shown_translations,
        cards=dag.cards,
    output:
        page=report(
            paths.report,
            caption="../report/report.rst",
            category="Report",
        ),
    log:
        paths.log("report", "report"),
    conda:
        "../../envs/bench.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=paths.settings,
        tables=paths.root / "tables",
        figures=paths.root / "figures",
        digest=digests.report(),
    shell:
        "python -m bench report --config {params.settings} --tables {params.tables} --figures {params.figures}"
        " --output {output.page}"
        " 2>&1 | tee {log} >&2"
