r"""Put the tables of two runs side by side: the same claims, and the numbers that shifted.

    python -m bench compare results/demo results/reference
    python -m bench compare demo reference --tables claims scores --metric quality attribute_accuracy

Only what means the same in both is compared: the runs must have the same data (by content digest), image size,
attributes, edits, networks, training protocol, budgets, judges and scoring. Otherwise the command says what differs and
ends. Step costs are left out where they were measured on another kind of device. `shift` is B minus A for scores and
claims, and B / A for costs. It reads tables and settings only, so it needs no more of a run than these.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from bench.analysis.contract import CONTRACT
from bench.errors import BenchError
from bench.report.provenance import data_digest
from bench.runtime.result_files import read_csv
from bench.settings import HIT_KEYS, Settings, find_run

TABLES = ("claims", "scores", "speed", "time_to_target")
MODEL = ["method", "variant"]
SAME = ("data", "networks", "training", "judges", "scoring", "readings", "bars")
FREE = {"training": {"checkpoint_seconds", "device"}, "data": {"folder"}, "scoring": {"splits", "inception_weights"}}
SEARCH_SAME = ("budget_kimg", "evaluation_images", "width_decades", *sorted(HIT_KEYS))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two runs, and what of them is shown."""
    parser.add_argument("a", metavar="A", help="folder of a run, or its name in results/")
    parser.add_argument("b", metavar="B", help="the other run")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES, help="tables to compare; default: all")
    parser.add_argument("--metric", nargs="+", default=[], metavar="NAME", help="metrics of scores; default: all")


def run(arguments: argparse.Namespace) -> None:
    """Print the comparison; BenchError where there can be none."""
    a, b = find_run(arguments.a), find_run(arguments.b)
    if differing := list(differences(a, b)):
        raise BenchError(
            f"{a.folder} and {b.folder} cannot be compared, because they differ in\n"
            + "\n".join(f"  {line}" for line in differing)
            + "\nStart one of them again with the other's settings of these keys."
        )
    print(f"A  {a.folder}  {a.title}\nB  {b.folder}  {b.title}")
    for name in arguments.tables:
        tables = [_read(one.paths.table(name)) for one in (a, b)]
        made, said = side_by_side(name, tables[0], tables[1], arguments.metric)
        print(f"\n{name}{f' ({said})' if said else ''}")
        print("nothing that both have" if made.empty else made.to_string(index=False, na_rep="-", float_format=_number))


def differences(a: Settings, b: Settings) -> Iterator[str]:
    """`key: A's value, B's value` of everything that must be the same."""
    digests = [data_digest(one, one.paths) for one in (a, b)]
    if None not in digests and digests[0] != digests[1]:
        yield f"data digest: {digests[0]}, {digests[1]}"
    for section in SAME:
        left, right = (one.model_dump(mode="json", include={section})[section] for one in (a, b))
        yield from _differing(section, left, right, FREE.get(section, set()))
    left, right = (one.search.model_dump(mode="json", include=set(SEARCH_SAME)) for one in (a, b))
    yield from _differing("search", left, right, set())
    yield from _differing("finals.budget_kimg", _budgets(a), _budgets(b), set(_budgets(a)) ^ set(_budgets(b)))


def _budgets(settings: Settings) -> dict[str, float]:
    return {final.model: final.budget_kimg or settings.training.budget_kimg for final in settings.finals}


def _differing(
    section: str, left: Mapping[str, object], right: Mapping[str, object], free: Collection[str]
) -> Iterator[str]:
    for key in {**left, **right}:
        if key not in free and left.get(key) != right.get(key):
            yield f"{section}.{key}: {left.get(key)}, {right.get(key)}"


def side_by_side(name: str, a: pd.DataFrame, b: pd.DataFrame, metrics: Sequence[str] = ()) -> tuple[pd.DataFrame, str]:
    """Rows that both tables have, with A's number, B's and the shift; and what was left out, '' if nothing."""
    if name == "claims":
        return _claims(a, b), ""
    if name == "scores":
        wanted = [table[table["metric"].isin(metrics)] if metrics else table for table in (a, b)]
        keys = [*MODEL, "split", "metric"]
        means = [one[one["attribute"] == "all"].groupby(keys, sort=False)["value"].mean() for one in wanted]
        return _shifted(means[0], means[1], ratio=False), "means over training seeds"
    if name == "speed":
        keys = [*MODEL, "device", "threads", "resolution", "batch", "attributes", "part"]
        costs = [one.set_index(keys)["milliseconds"] for one in (a, b)]
        devices = [", ".join(sorted({str(key) for key in one["device"]})) for one in (a, b)]
        said = "milliseconds" + (
            "" if devices[0] == devices[1] else f"; left out: A was timed on {devices[0]}, B on {devices[1]}"
        )
        return _shifted(costs[0], costs[1], ratio=True), said
    keys = ["comparison", *MODEL, "sampler", "width_decades", "target"]
    seconds = [one.set_index(keys)["expected_seconds"] for one in (a, b)]
    return _shifted(seconds[0], seconds[1], ratio=True), "expected search seconds"


def _claims(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    both = a.merge(b, on=["claim", "measure"], suffixes=("_a", "_b"))
    columns = ["claim", "measure", "verdict_a", "verdict_b"]
    for column in ("estimate", "ci_low", "ci_high"):
        columns += [f"{column}_a", f"{column}_b"]
    return both[columns].assign(shift=both["estimate_b"] - both["estimate_a"])


def _shifted(a: pd.Series[float], b: pd.Series[float], ratio: bool) -> pd.DataFrame:
    both = pd.concat({"A": a, "B": b}, axis=1, join="inner")
    both["B / A" if ratio else "shift"] = both["B"] / both["A"] if ratio else both["B"] - both["A"]
    return both.reset_index()


def _read(table: Path) -> pd.DataFrame:
    if not table.is_file():
        raise BenchError(f"{table} is not there: that run has not finished. See: python -m bench status --run …")
    return read_csv(table, "tables", CONTRACT[table.stem])


def _number(value: float) -> str:
    return f"{value:.4g}"
