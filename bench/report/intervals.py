"""Which interval belongs to which number, and what it covers by simulation (tests/benchmarks/coverage.py made it)."""

from functools import cache
from pathlib import Path

import pandas as pd

from bench.plots.kit.words import number

FILE = Path(__file__).with_name("coverage.csv")
COLUMNS = ("number", "interval", "size", "coverage", "standard_error", "bar", "power", "repeats", "seed")
LEAST = 0.93


@cache
def coverage() -> pd.DataFrame:
    """The rows of coverage.csv."""
    return pd.read_csv(FILE)


def sentence() -> str:
    """Which intervals fall short, and by how much."""
    short = coverage()[coverage()["coverage"] < LEAST]
    if short.empty:
        return f"In simulations of similar sizes all of them cover at least {LEAST:.0%}."
    listed = "; ".join(
        f"{row['number']} ({row['size']}): {number(100 * row['coverage'])} %" for row in short.to_dict("records")
    )
    return f"In simulations of similar sizes they cover at least {LEAST:.0%}. These are too narrow: {listed}."
