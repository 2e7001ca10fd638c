r"""Pick the best loss weights that the studies of a variant found, by one rule for every method.

The rule: among the completed trials that meet what a hit asks beside quality (docs/measures/quality.md), on their own
seed, the one of the highest quality. Where none does: among those whose attribute accuracy reaches
search.accuracy_target; where none reaches it, the one of the highest quality times attribute accuracy (a negative
quality counts as 0). Ties go to the higher quality, then to the earlier trial. Controls and test images play no part.

    python -m bench winner --config config/demo.yaml --model acl.plus_mask \
        --trials results/demo/searches/acl.plus_mask.*.csv --output results/demo/searches/acl.plus_mask.best.json
"""

import argparse
from pathlib import Path

from bench.analysis import parts
from bench.commands import options
from bench.runtime import atomic_files
from bench.search.winner import winner
from bench.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "variant", output="the best weights, .json")
    parser.add_argument("--trials", type=Path, nargs="+", required=True, metavar="CSV", help="trials of its studies")


def run(arguments: argparse.Namespace) -> None:
    search = load_settings(arguments.config).search
    rows = parts.collect("search", arguments.trials)
    atomic_files.write_json(arguments.output, winner(rows, arguments.model, search))
