"""What the jobs of a run leave for its tables: columns and keys of each kind of part, and how parts are collected.

Apart from `contract`: `winner` reads trials, and trainings read winners, so that a table made of parts redoes neither.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from bench.analysis import step_blocks
from bench.errors import BenchError
from bench.runtime.result_files import read_csv
from bench.search import trial_table

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "scores": ("method", "variant", "seed", "split", "metric", "attribute", "value", "n"),
    "search": (*trial_table.COLUMNS_BEFORE_WEIGHTS, *trial_table.MEASURES, *trial_table.EXTRA_COLUMNS),
    "curves": ("method", "variant", "seed", "images_seen", "train_seconds", "metric", "value"),
    "step_blocks": step_blocks.COLUMNS,
    "gradients": ("experiment", "setting", "model", "family", "loss", "images_seen", "seed", "measure", "value"),
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "scores": ("method", "variant", "seed", "split", "metric", "attribute"),
    "search": trial_table.KEY,
    "curves": ("method", "variant", "seed", "images_seen", "metric"),
    "step_blocks": ("method", "variant", *step_blocks.SETTING, "part", "process", "block"),
    "gradients": ("experiment", "setting", "model", "loss", "images_seen", "seed", "measure"),
}
RULES = {"scores": "score", "curves": "train", "search": "search", "step_blocks": "speed", "gradients": "gradients"}


def collect(name: str, parts: Sequence[Path]) -> pd.DataFrame:
    """The rows of all parts of kind `name`, in the order of the parts, with at least its `COLUMNS`.

    BenchError names the part that lacks a column, that repeats a row of this or an earlier part, or whose trials were
    drawn from other ranges.
    """
    frames = [read_csv(part, RULES[name], COLUMNS[name]) for part in parts]
    if name == "search":
        refuse_other_boxes(dict(zip(parts, frames, strict=True)))
    filled = [frame for frame in frames if not frame.empty]
    if not filled:
        return frames[0] if frames else pd.DataFrame(columns=list(COLUMNS[name]))
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


def refuse_other_boxes(tables: Mapping[Path, pd.DataFrame]) -> None:
    """BenchError where trials of a variant and space were drawn from other ranges than an earlier table's."""
    first: dict[tuple[str, str], tuple[Path, str]] = {}
    for path, table in tables.items():
        drawn = table.loc[table["box"].notna(), ["method", "variant", "space", "box"]].drop_duplicates()
        for method, variant, space, box in drawn.itertuples(index=False):
            model_id = f"{method}.{variant}"
            earlier, expected = first.setdefault((model_id, space), (path, box))
            if box != expected:
                raise BenchError(
                    f"{path}: its trials of {model_id} were drawn from {box}, those of {earlier} from {expected}."
                    " Take it out of search.pools, or search from the same ranges (search.centre, width_decades)."
                )
