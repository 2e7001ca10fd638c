"""Print a short table of a finished run, the verdict on each claim, and the path of the report.

Where a run of the same settings is published, it ends with how many of its results this one has to the bit.

Example: python -m bench summary --config config/demo.yaml
"""

import argparse
from pathlib import Path

import pandas as pd

from bench import registry
from bench.analysis import models, verification
from bench.analysis.contract import CONTRACT
from bench.commands import options
from bench.errors import BenchError
from bench.runtime.digest import ROOT
from bench.runtime.result_files import damaged, read_csv
from bench.settings import load_settings

METRICS = ("quality", "attribute_accuracy", "preservation_accuracy", "background_error", "counterfactual_error")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config")


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    paths = settings.paths
    scores, curves, claims = (_read(paths.table(name)) for name in ("scores", "curves", "claims"))
    split = settings.scoring.splits[0]
    print(f"\n{settings.title}\nMeans over training seeds on the split {split!r}:\n")
    print(score_table(scores, curves, split).to_string(na_rep="-", float_format="{:.3f}".format))
    for method, of_paper in claims.groupby("method", sort=False):
        print(f"\nClaims of {registry.methods()[str(method)].source}:")
        for row in of_paper.itertuples():
            print(f"  {row.claim}  {row.verdict:<22} {row.statement}")
    print(f"\nReport: {paths.report.resolve()}")
    reference = ROOT / "results" / "reference" / settings.run
    if reference.is_dir() and not verification.changed_settings(settings.folder, reference):
        print(f"Against the published run: {verification.verify(settings.folder, reference).headline} (make verify).")


def score_table(scores: pd.DataFrame, curves: pd.DataFrame, split: str) -> pd.DataFrame:
    """One row per model or control (index `model`): seeds, mean of each of `METRICS` over seeds, mean training seconds.

    Metrics that no row has are left out; a value that a model lacks is NaN.
    """
    whole = models.over_all(scores[scores["metric"].isin(METRICS)], split)
    whole = whole.assign(model=models.ids(whole))
    table = whole.pivot_table(index="model", columns="metric", values="value", sort=False)
    table = table[[metric for metric in METRICS if metric in table]]
    table.insert(0, "seeds", whole.groupby("model")["seed"].nunique())
    last = curves.assign(model=models.ids(curves)).groupby(["model", "seed"])["train_seconds"].max()
    table["train_seconds"] = last.groupby("model").mean().round(1)
    return table.rename_axis(columns=None)


def _read(table: Path) -> pd.DataFrame:
    if not table.is_file():
        raise BenchError(f"{table} is not there: the run has not finished. Start it (again), then ask for its summary.")
    rows = read_csv(table, "tables", CONTRACT[table.stem])
    if rows.empty and table.stem == "scores":
        raise damaged(table, "it has no rows", "tables")
    return rows
