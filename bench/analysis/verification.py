"""Whether a run gave what a reference run gave, bit for bit, and if not what differs, by how much and why. No torch.

Models are compared by the SHA-256 of their weights, tables as text, cell by cell: floats are written in full. Cells
that rest on a clock (`of_clock`, CLOCK_ROWS) are left out, and so is the digest of the code in a trial's `key`.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.contract import KEYS
from bench.errors import BenchError
from bench.settings.paths import RunPaths

# Columns that a clock measured, that are computed from it, or that tell how often it was read: in every table, and in
# those whose estimates are times.
CLOCK = re.compile("second|^logrank_p$")
CLOCK_ESTIMATES = re.compile("^(ratio|share|mean|repeats|processes)$|ci_(low|high)$")
CLOCK_TABLES = frozenset(
    {"speed", "speed_ratio", "search_ecdf", "end_to_end", "training_speed", "level_times", "search_ratio"}
)
# Rows that are computed from a clock: those where this column has a text of this pattern.
CLOCK_ROWS: Mapping[str, tuple[str, str]] = {
    "headline": ("kind", "ratio"),
    "ablation": ("measure", "ratio"),
    "power": ("measure", "seconds"),
    "claim_parts": ("measure", "seconds"),
}
# Tables of single results, and what makes up one model or study; every other table is derived from all of them.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "scores": ("method", "variant", "seed"),
    "curves": ("method", "variant", "seed"),
    "search": ("method", "variant", "space", "sampler", "study"),
    "gradients": ("experiment", "model"),
    "speed": ("method", "variant"),
    "speed_ratio": ("method", "variant", "against"),
}
NOUNS = {"search": "trials", "curves": "curve points", "speed": "step costs", "speed_ratio": "ratios of step costs"}
TIMED = (
    ("curves", "train_seconds"), ("search", "train_seconds"), ("search", "eval_seconds"), ("speed", "milliseconds"),
)  # fmt: skip
KEY = "key"  # of a trial: it names code and settings, and is no result
LONGEST_VALUE = 40  # characters of a setting that are shown
# Settings that name or pace a run and change no number.
FREE = frozenset({"run", "results", "title", "training.checkpoint_seconds", "training.device", "data.folder"})


@dataclass(frozen=True)
class Comparison:
    """How many of a run's results are those of the reference; the largest difference, and what was not compared."""

    what: str
    identical: int
    compared: int
    difference: str = ""
    absent: str = ""

    @property
    def same(self) -> bool:
        """Whether all that was compared is identical."""
        return self.identical == self.compared and not self.difference

    def __str__(self) -> str:
        parts = [f"{self.identical:,} of {self.compared:,} {self.what} identical", self.difference, self.absent]
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True)
class Verification:
    """Every comparison of a run with a reference, clock ratios (run / reference) and likely causes of differences."""

    comparisons: Sequence[Comparison]
    clocks: Mapping[str, float]
    causes: Sequence[str]

    @property
    def same(self) -> bool:
        """Whether all that both have is identical, which must be something."""
        return all(part.same for part in self.comparisons) and any(part.compared for part in self.comparisons)

    @property
    def headline(self) -> str:
        """Scores and models in one sentence."""
        by_kind = {part.what: part for part in self.comparisons}
        counts = [f"{by_kind[kind].identical:,} of {by_kind[kind].compared:,} {kind}" for kind in ("scores", "models")]
        return f"{' and '.join(counts)} identical"


def verify(run: Path, reference: Path) -> Verification:
    """Compare the run in folder `run` with the one in `reference`; BenchError where either has no results."""
    pairs = {name: (_table(run, name), _table(reference, name)) for name in _names(run, reference)}
    cards = [
        {file.stem: _json(file) for file in sorted((folder / "models").glob("*.json"))} for folder in (run, reference)
    ]
    comparisons = [_models(run, *cards)]
    comparisons += [_single(name, *pairs[name]) for name in GROUPS if name in pairs]
    complete = not any(part.absent for part in comparisons)
    comparisons += [_derived(name, pairs) for name in pairs if complete and name not in GROUPS]
    differ = not all(part.same for part in comparisons)
    causes = list(_causes(run, reference, *cards)) if differ else []
    return Verification(comparisons, dict(_clock_ratios(pairs)), causes)


def changed_settings(run: Path, reference: Path) -> list[str]:
    """`key: the run's value, the reference's value` of every setting that can change a number."""
    left, right = (dict(_flat(_json(RunPaths(folder).settings))) for folder in (run, reference))
    keys = [key for key in {**left, **right} if key not in FREE and left.get(key) != right.get(key)]
    return [f"{key}: {_short(left.get(key, 'absent'))}, {_short(right.get(key, 'absent'))}" for key in keys]


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _names(run: Path, reference: Path) -> list[str]:
    """Tables that both have, those of single results first."""
    names_in = {folder: {file.stem for file in (folder / "tables").glob("*.csv")} for folder in (run, reference)}
    for folder, names in names_in.items():
        if not names:
            raise BenchError(f"{folder}/tables holds no table: name the folder of a finished run, as results/demo.")
    common = names_in[run] & names_in[reference]
    return [*(name for name in GROUPS if name in common), *sorted(common - set(GROUPS))]


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(RunPaths(folder).table(name), dtype=str, keep_default_na=False)


def _json(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise BenchError(f"{file} cannot be read: {error}. Name the folder of a whole run.") from None


def _models(run: Path, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Comparison:
    """By the digest in the card; where the weights lie beside it, by theirs."""
    common = [name for name in mine if name in theirs]
    digests = {name: mine[name]["weights_sha256"] for name in common}
    for name in common:
        if (weights := run / "models" / f"{name}.safetensors").is_file():
            digests[name] = hashlib.sha256(weights.read_bytes()).hexdigest()
    wrong = [name for name in common if digests[name] != theirs[name]["weights_sha256"]]
    difference = f"other weights: {_listed(wrong)}" if wrong else ""
    return Comparison("models", len(common) - len(wrong), len(common), difference, _absent(mine, theirs))


def _single(name: str, run: pd.DataFrame, reference: pd.DataFrame) -> Comparison:
    """Row by row, by key; models and studies that only one side has are named and not compared."""
    keys = [key for key in KEYS[name] if key in run and key in reference]
    groups = [_joined(frame, [key for key in GROUPS[name] if key in frame]) for frame in (run, reference)]
    common = set(groups[0]) & set(groups[1])
    frames = [
        frame[[group in common for group in of]].set_index(keys, drop=False)
        for frame, of in zip((run, reference), groups, strict=True)
    ]
    index = frames[0].index.intersection(frames[1].index, sort=False)
    total = len(frames[0].index.union(frames[1].index))
    identical, difference = _cells(name, frames[0].loc[index], frames[1].loc[index])
    lost = f"{total - len(index):,} only one run has" if total > len(index) else ""
    texts = (_other_columns(run, reference), lost, difference)
    absent = _absent(dict.fromkeys(groups[0]), dict.fromkeys(groups[1]))
    return Comparison(NOUNS.get(name, name), identical, total, "; ".join(filter(None, texts)), absent)


def _derived(name: str, pairs: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> Comparison:
    """Row by row, whatever order the parts were collected in; rows that rest on a clock are left out."""
    parts = pairs.get("claim_parts", pairs[name])
    run, reference = (
        _sorted(name, frame.loc[~_of_clock(name, frame, of_claims)])
        for frame, of_claims in zip(pairs[name], parts, strict=True)
    )
    noun = f"rows of {name}.csv"
    if len(run) != len(reference):
        return Comparison(noun, 0, max(len(run), len(reference)), f"{len(run)} rows against {len(reference)}")
    identical, difference = _cells(name, run, reference)
    texts = (_other_columns(run, reference), difference)
    return Comparison(noun, identical, len(run), "; ".join(filter(None, texts)))


def _sorted(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    columns = [str(column) for column in frame if not of_clock(name, str(column))]
    return frame.sort_values(columns, ignore_index=True) if columns else frame.reset_index(drop=True)


def _of_clock(name: str, frame: pd.DataFrame, parts: pd.DataFrame) -> pd.Series[bool]:
    """Which rows rest on a clock; a claim does where one of its parts does."""
    if name in ("claims", "sensitivity") and "measure" in parts:
        timed = set(parts.loc[parts["measure"].str.contains("seconds"), "claim"])
        return frame["claim"].isin(timed)
    column, pattern = CLOCK_ROWS.get(name, ("", ""))
    return frame[column].str.contains(pattern) if column in frame else pd.Series(False, frame.index)


def of_clock(name: str, column: str) -> bool:
    """Whether a clock measured a column of a table, or it is computed from what one measured."""
    return bool(CLOCK.search(column) or (name in CLOCK_TABLES and CLOCK_ESTIMATES.search(column)))


def _other_columns(run: pd.DataFrame, reference: pd.DataFrame) -> str:
    other = [str(column) for column in run.columns.symmetric_difference(reference.columns, sort=False)]
    return f"only one run has the columns {_listed(other)}" if other else ""


def _cells(name: str, run: pd.DataFrame, reference: pd.DataFrame) -> tuple[int, str]:
    """Of rows that stand side by side, how many are identical but for clocks, and the largest relative difference."""
    columns = [column for column in run if column in reference and column != KEY and not of_clock(name, str(column))]
    texts = [frame[columns].to_numpy(dtype=object) for frame in (run, reference)]
    unequal = texts[0] != texts[1]
    if not unequal.any():
        return len(run), ""
    a, b = (frame[columns].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float) for frame in (run, reference))
    with np.errstate(all="ignore"):
        sizes = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    sizes = np.where(unequal, np.where(np.isfinite(sizes) & (sizes > 0), sizes, np.inf), -1)
    row, column = map(int, np.unravel_index(int(sizes.argmax()), sizes.shape))
    place, largest = run.index[row], float(sizes[row, column])
    row_name = " ".join(map(str, place)) if isinstance(place, tuple) else f"row {row + 1}"
    values = " against ".join(str(text[row, column]) or "blank" for text in texts)
    share = f" ({largest:.2g} of it)" if math.isfinite(largest) else ""
    return int((~unequal.any(axis=1)).sum()), f"the most: {columns[column]} of {row_name} is {values}{share}"


def _absent(run: Mapping[str, object], reference: Mapping[str, object]) -> str:
    """In words, what only one of both has."""
    parts = []
    if lacking := [name for name in reference if name not in run]:
        parts.append(f"this run has no {_listed(lacking)}")
    if more := [name for name in run if name not in reference]:
        parts.append(f"the reference has no {_listed(more)}")
    return "not compared: " + ", ".join(parts) if parts else ""


def _clock_ratios(pairs: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> Iterator[tuple[str, float]]:
    """Median ratios (run / reference) of what a clock measured, over rows that both have."""
    for name, column in TIMED:
        if name not in pairs or any(column not in frame for frame in pairs[name]):
            continue
        keys = [key for key in KEYS[name] if all(key in frame for frame in pairs[name])]
        left, right = (pd.to_numeric(frame.set_index(keys)[column]) for frame in pairs[name])
        if math.isfinite(ratio := float((left / right).median())):
            yield f"{column} of {name}.csv", ratio


def _causes(run: Path, reference: Path, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """What may explain a difference, from settings and model cards, the likeliest first."""
    if changed := changed_settings(run, reference):
        yield f"settings ({_listed(changed)})"
    common = [name for name in mine if name in theirs]
    flat = [(dict(_flat(mine[name])), dict(_flat(theirs[name]))) for name in common]
    recorded = {
        "source_digest": "source code",
        "system.kernels": "CPU kernels",
        "versions.torch": "torch",
        "versions.numpy": "numpy",
        "versions.python": "Python",
        "data_digest": "the faces, which were drawn or packed otherwise",
        "system.libc": "the system's C library",
        "system.cpu": "CPU",
    }
    for key, name in recorded.items():
        values = {(str(left.get(key, "not recorded")), str(right.get(key, "not recorded"))) for left, right in flat}
        if differing := sorted(pair for pair in values if pair[0] != pair[1]):
            yield f"{name} ({differing[0][0]}, the reference: {differing[0][1]})"


def _flat(value: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Leaves of nested mappings, by dotted key."""
    if not isinstance(value, Mapping):
        yield prefix, value
        return
    for key, inner in value.items():
        yield from _flat(inner, f"{prefix}.{key}" if prefix else str(key))


def _joined(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    return [" ".join(filter(None, row)) for row in frame[list(columns)].itertuples(index=False, name=None)]


def _listed(names: Sequence[str], most: int = 4) -> str:
    first = ", ".join(names[:most])
    return first if len(names) <= most else f"{first} and {len(names) - most} more"
