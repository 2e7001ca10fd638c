"""Which interval belongs to which number, and what it covers by simulation (tests/benchmarks/coverage.py made it)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from bench.plots.kit.words import number

FILE = Path(__file__).with_name("coverage.csv")
COLUMNS = ("number", "interval", "size", "coverage", "standard_error", "bar", "power", "repeats", "seed")
LEAST = 0.93
CAPTION = (
    "The interval of each kind of number, and the share of simulated 95 % intervals that held the truth at the sizes "
    "in use, with the standard error of that share. Power: the share of all repeats whose interval lies above the bar."
)


@cache
def coverage() -> pd.DataFrame:
    """The rows of coverage.csv, with `falls_short` where an interval covers less than `LEAST`."""
    rows = pd.read_csv(FILE)
    return rows.assign(falls_short=(rows["coverage"] < LEAST).map({True: "yes", False: "no"}))


def sentence() -> str:
    """Which intervals fall short, and by how much."""
    short = coverage()[coverage()["coverage"] < LEAST]
    if short.empty:
        return f"In simulations at the sizes in use all of them cover at least {LEAST:.0%}."
    listed = "; ".join(
        f"{row['number']} ({row['size']}): {number(100 * row['coverage'])} %" for row in short.to_dict("records")
    )
    return f"In simulations at the sizes in use they cover at least {LEAST:.0%}, but for these, too narrow: {listed}."
