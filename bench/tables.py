r"""Collect a run's results into the six tidy tables of the output contract, and judge the claims.

    python -m bench tables --config config/demo.yaml --scores results/demo/scores/*.csv \
        --curves results/demo/curves/*.csv --trials results/demo/searches/*.csv \
        --speed results/demo/speed/speed.csv --speed-ratio results/demo/speed/speed_ratio.csv \
        --output-folder results/demo/tables

Parts with a missing column, or two rows for the same thing, are refused. `claim_parts.csv` beside the six tables holds
every part of every claim with its interval, and the verdicts at half and double the margin; `reached.csv` the share of
studies that reached each target by each second; `final_quality.csv` what the final models reached, over their seeds;
`speed_ratio.csv` what a step costs against others of its family; `ladder.csv` what each rung reached, and how soon;
`gradient_means.csv` the gradient experiments over their seeds;
`search_ratio.csv` the ratio of search seconds by range width and shift; `search_factors.csv` what it is made of;
`good_zones.csv` how wide good weights lie; `importance.csv` how much each weight matters; `power.csv` what
size of effect the run could have seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from bench import (
    claims,
    cli,
    controls,
    files,
    final_quality,
    gradient_means,
    ladder,
    landscape,
    power_table,
    reached,
    search_ratio,
    settings,
    spaces,
    step_costs,
    time_to_target,
    training_costs,
    trials,
)
from bench.errors import BenchError

CONTRACT: Mapping[str, tuple[str, ...]] = {
    "scores": ("method", "variant", "seed", "split", "metric", "attribute", "value", "n"),
    "speed": (
        "method", "variant", "device", "threads", "resolution", "batch", "part", "milliseconds", "ci_low", "ci_high",
        "repeats", "gflop", "images_per_second", "attributes",
    ),
    "search": (*trials.COLUMNS_BEFORE_WEIGHTS, *trials.MEASURES, *trials.EXTRA_COLUMNS),
    "time_to_target": time_to_target.COLUMNS,
    "claims": claims.COLUMNS,
    "curves": ("method", "variant", "seed", "images_seen", "train_seconds", "metric", "value"),
    "speed_ratio": step_costs.RATIO_COLUMNS,
    "gradients": ("experiment", "setting", "model", "family", "loss", "images_seen", "seed", "measure", "value"),
}  # fmt: skip
KEYS: Mapping[str, tuple[str, ...]] = {
    "scores": ("method", "variant", "seed", "split", "metric", "attribute"),
    "speed": ("method", "variant", "device", "threads", "resolution", "batch", "part", "attributes"),
    "speed_ratio": step_costs.RATIO_KEY,
    "search": trials.KEY,
    "curves": ("method", "variant", "seed", "images_seen", "metric"),
    "gradients": ("experiment", "setting", "model", "loss", "images_seen", "seed", "measure"),
}
WRITTEN = ("scores", "speed", "search", "time_to_target", "claims", "curves")
BESIDE = (
    "claim_parts", "reached", "final_quality", "speed_ratio", "ladder", "gradient_means", "search_ratio",
    "search_factors", "good_zones", "importance", "power",
)  # fmt: skip

# Tables made of trials and step costs alone; comparisons have the controls' beside the main ones.
OF_SEARCH: Mapping[str, Callable[[pd.DataFrame, pd.DataFrame, settings.Settings], pd.DataFrame]] = {
    "reached": partial(controls.with_controls, reached.table),
    "search_ratio": partial(controls.with_controls, search_ratio.table),
    "search_factors": partial(controls.with_controls, search_ratio.factors),
    "good_zones": partial(controls.without_controls, landscape.good_zones),
    "importance": partial(controls.without_controls, landscape.importance),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `python -m bench tables`."""
    cli.add_config(parser)
    for name, what in (("scores", "scores"), ("curves", "training curves"), ("trials", "trials of studies")):
        parser.add_argument(f"--{name}", type=Path, nargs="*", default=[], metavar="CSV", help=f"{what}, any number")
    parser.add_argument("--speed", type=Path, required=True, metavar="CSV", help="measured step costs")
    parser.add_argument("--speed-ratio", type=Path, required=True, metavar="CSV", help="measured ratios of step costs")
    parser.add_argument("--gradients", type=Path, metavar="CSV", help="gradient experiments; without: claim untested")
    parser.add_argument("--output-folder", type=Path, required=True, metavar="DIR", help="folder of the tables")


def outputs(arguments: argparse.Namespace) -> Sequence[Path]:
    """The files that this command leaves."""
    return [arguments.output_folder / f"{name}.csv" for name in (*WRITTEN, *BESIDE)]


def run(arguments: argparse.Namespace) -> None:
    """Write the tables into `--output-folder`."""
    chosen = settings.load(arguments.config)
    made = {
        "scores": collect("scores", arguments.scores),
        "speed": collect("speed", [arguments.speed]),
        "search": collect("search", arguments.trials),
        "curves": collect("curves", arguments.curves),
        "speed_ratio": collect("speed_ratio", [arguments.speed_ratio]),
    }
    made["curves"] = training_costs.with_seconds(made["curves"], made["speed"], chosen)
    made["time_to_target"] = controls.with_controls(time_to_target.table, made["search"], made["speed"], chosen)
    refuse_mixed(made["search"])
    gradients = collect("gradients", [arguments.gradients]) if arguments.gradients else None
    made["claims"], made["claim_parts"] = claims.judge(claims.Evidence(settings=chosen, gradients=gradients, **made))
    for name, of_search in OF_SEARCH.items():
        made[name] = of_search(made["search"], made["speed"], chosen)
    made["search"] = trials.progress(made["search"], chosen.search)
    made["final_quality"] = final_quality.table(made["scores"], chosen)
    made["power"] = power_table.table(controls.main_trials(made["search"]), made["scores"], made["speed"], chosen)
    made["gradient_means"] = gradient_means.table(gradients)
    made["ladder"] = ladder.table(made["scores"], made["curves"], chosen)
    for name, frame in made.items():
        write(arguments.output_folder / f"{name}.csv", frame)


def collect(name: str, parts: Sequence[Path]) -> pd.DataFrame:
    """The rows of all parts of table `name`, in the order of the parts, with at least the contract's columns.

    BenchError names the part that lacks a column, that repeats a row of this or an earlier part, or whose trials were
    drawn from other ranges.
    """
    frames = [_read(name, part) for part in parts]
    if name == "search":
        spaces.refuse_other_boxes(dict(zip(parts, frames, strict=True)))
    filled = [frame for frame in frames if not frame.empty]
    if not filled:
        return frames[0] if frames else pd.DataFrame(columns=list(CONTRACT[name]))
    table = pd.concat(filled, ignore_index=True)
    repeated = table.duplicated(list(KEYS[name]))
    if repeated.any():
        row = int(repeated.to_numpy().argmax())
        sources = [part for part, frame in zip(parts, frames, strict=True) for _ in range(len(frame))]
        what = ", ".join(f"{key} {table[key].iloc[row]}" for key in KEYS[name])
        raise BenchError(f"{sources[row]}: a second row for {what}. Remove the stale part of table {name!r}.")
    return table


def refuse_mixed(search: pd.DataFrame) -> None:
    """Raise BenchError where an arm's trials were run with different settings, data, judges or code."""
    # Trials at the default weights do not depend on any range, so their key is another one.
    arms = [search["method"] + "." + search["variant"], search["space"], search["box"].isna()]
    keys = search.groupby(arms)["key"].nunique()
    if len(mixed := keys.index[keys > 1]):
        raise BenchError(
            f"Trials of {mixed[0][0]} were run with different settings, data, judges, code or devices (column 'key')."
            " Take the other machine's tables out of search.pools, or search with its settings."
        )


def write(target: Path, frame: pd.DataFrame) -> None:
    """Write a table, whole or not at all; floats in full, missing values blank."""
    files.write_text(target, frame.to_csv(index=False, lineterminator="\n"))


def _read(name: str, part: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(part, keep_default_na=True)
    except FileNotFoundError:
        raise BenchError(f"There is no {part}, a part of table {name!r}. Run the workflow up to it.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise BenchError(f"{part} is no table: {error} Remove it and run the workflow again.") from error
    if missing := [column for column in CONTRACT[name] if column not in frame.columns]:
        raise BenchError(f"{part} lacks column {missing[0]!r} of table {name!r}. Remove it and run the workflow again.")
    return frame
