r"""Collect a run's results into the six tidy tables of the output contract, and judge the claims.

    python -m bench tables --config config/demo.yaml --scores results/demo/scores/*.csv \
        --curves results/demo/curves/*.csv --trials results/demo/searches/*.csv \
        --step-blocks results/demo/speed/blocks.csv \
        --output-folder results/demo/tables

Parts with a missing column, or two rows for the same thing, are refused. `claim_parts.csv` beside the six tables holds
every part of every claim with its interval, and the verdicts at half and double the margin; `headline.csv` the compared
pair in a dozen numbers; `ablation.csv` what each part changes; `final_quality.csv` how much valid flatters;
`curve_means.csv` the curves over their seeds; `level_times.csv` training seconds to each level of quality;
`training_speed.csv` time per iteration and generator update over the baseline's; `speed_ratio.csv` what a step costs
against others of its family; `search_ecdf.csv` the share of studies and targets reached against search seconds;
`search_ratio.csv` the ratio of search seconds by range width and shift; `trial_costs.csv` and `end_to_end.csv` what a
trial, and search plus training, cost; `sensitivity.csv` which verdicts survive other bars and ranges;
`gradient_means.csv` the gradient experiments over their seeds; `power.csv` what size of effect the run could have seen.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.analysis.contract import TABLES, write
from bench.analysis.tables import make
from bench.commands import options
from bench.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config")
    for name, what in (("scores", "scores"), ("curves", "training curves"), ("trials", "trials of studies")):
        parser.add_argument(f"--{name}", type=Path, nargs="*", default=[], metavar="CSV", help=f"{what}, any number")
    parser.add_argument("--step-blocks", type=Path, required=True, metavar="CSV", help="measured blocks of step times")
    parser.add_argument(
        "--gradients", type=Path, nargs="?", metavar="CSV", help="gradient experiments; without: claim untested"
    )
    parser.add_argument("--output-folder", type=Path, required=True, metavar="DIR", help="folder of the tables")


def outputs(arguments: argparse.Namespace) -> Sequence[Path]:
    return [arguments.output_folder / f"{name}.csv" for name in TABLES]


def run(arguments: argparse.Namespace) -> None:
    tables = make(
        arguments.scores, arguments.curves, arguments.trials, arguments.step_blocks, arguments.gradients,
        load_settings(arguments.config),
    )  # fmt: skip
    for name, table in tables.items():
        write(arguments.output_folder / f"{name}.csv", table)
