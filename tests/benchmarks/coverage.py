"""What the intervals of bench/analysis/statistics.py cover, by simulation at the sizes in use; a benchmark, no test.

    PYTHONPATH=. .venv/bin/python tests/benchmarks/coverage.py

It writes bench/report/coverage.csv, which the report shows: one row a number and size, with the share of `repeats`
simulated 95 % intervals that held the truth, and that share's standard error. The same seed gives the same table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from bench.analysis import statistics as st
from bench.analysis import step_costs
from bench.report import intervals
from bench.runtime.atomic_files import write_text

SEED, REPEATS, RESAMPLES = 20241124, 1000, 300
Random = np.random.Generator
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A number with its interval at one size, the truth, and a simulation; None is no interval to judge."""

    number: str
    interval: str
    size: str
    truth: float
    simulate: Callable[[Random], st.Interval | None]


def main() -> None:
    """Simulate every case and write the table."""
    st.RESAMPLES = RESAMPLES
    rows = [row(case) for case in cases()]
    table = pd.DataFrame(rows, columns=list(intervals.COLUMNS))
    print(table.to_string())
    write_text(Path(intervals.FILE), table.to_csv(index=False, lineterminator="\n"))


def row(case: Case) -> dict[str, object]:
    """One row of coverage.csv."""
    random = np.random.default_rng(SEED)
    drawn = [one for one in (case.simulate(random) for _ in range(REPEATS)) if one is not None]
    covered = sum(one.low <= case.truth <= one.high for one in drawn) / len(drawn)
    return {
        "number": case.number, "interval": case.interval, "size": case.size, "coverage": round(covered, 4),
        "standard_error": round(math.sqrt(covered * (1 - covered) / len(drawn)), 4), "repeats": len(drawn),
        "seed": SEED,
    }  # fmt: skip


def cases() -> Iterator[Case]:
    """Every number that has an interval, at the sizes of demo and study."""
    yield from of_rates()
    yield from of_seconds()
    yield from of_studies()
    yield from of_seeds()
    yield from of_steps()


def of_rates() -> Iterator[Case]:
    """Hit rates, expected trials, ratios of rates."""
    for trials, rate in ((96, 0.1), (24, 0.2), (8, 0.3)):
        size = f"{trials} trials, rate {rate}"
        yield Case(
            "hit rate", "Clopper-Pearson", size, rate, lambda r, n=trials, p=rate: st.hit_rate(int(r.binomial(n, p)), n)
        )
        yield Case(
            "expected trials", "Clopper-Pearson, reciprocal", size, 1 / rate,
            lambda r, n=trials, p=rate: st.expected_trials(int(r.binomial(n, p)), n),
        )  # fmt: skip
    for trials, one, two in ((96, 0.1, 0.1), (96, 0.3, 0.1), (48, 0.3, 0.1), (24, 0.4, 0.2)):
        yield Case(
            "ratio of hit rates", "Miettinen-Nurminen", f"{trials} trials an arm, rates {one} and {two}", one / two,
            lambda r, n=trials, p=one, q=two: st.rate_ratio(int(r.binomial(n, p)), n, int(r.binomial(n, q)), n),
        )  # fmt: skip


def of_seconds() -> Iterator[Case]:
    """Expected seconds, and their ratio over two targets; a hit is confirmed by two more trainings."""
    for trials, rate in ((96, 0.1), (24, 0.2), (8, 0.3)):

        def seconds(random: Random, trials: int = trials, rate: float = rate) -> st.Interval:
            hit, cost = pool(random, trials, rate, 1)
            return st.expected_seconds(hit[:, 0], cost[:, 0])

        size = f"{trials} trials, rate {rate}"
        yield Case("expected seconds", "MOVER of rate and seconds", size, expected(rate), seconds)
    for trials, one, two in ((96, 0.1, 0.1), (96, 0.1, 0.3), (48, 0.1, 0.3), (24, 0.2, 0.4), (24, 0.9, 0.95)):

        def ratio(random: Random, trials: int = trials, one: float = one, two: float = two) -> st.Interval | None:
            (hit_1, cost_1), (hit_2, cost_2) = pool(random, trials, one, 2), pool(random, trials, two, 2)
            if (hit_1.sum(axis=0) + hit_2.sum(axis=0)).min() < 8:  # such targets are not judged
                return None
            found = st.seconds_ratio(hit_1, cost_1, hit_2, cost_2)
            return None if math.isnan(found.estimate) else found

        truth = math.exp(np.mean([math.log(expected(one * part) / expected(two * part)) for part in (1.0, 0.7)]))
        size = f"{trials} trials an arm, rates {one} and {two}"
        yield Case("ratio of search seconds", "Welch's t on linearised logs", size, truth, ratio)


def of_studies() -> Iterator[Case]:
    """Times to a target of studies, which have no memory."""
    for studies in (8, 4):
        size, typical = f"{studies} studies", 10 * math.exp(-np.euler_gamma)
        yield Case(
            "seconds to a target", "Student's t on logs", size, typical,
            lambda r, n=studies: st.geometric_mean(r.exponential(10, n)),
        )  # fmt: skip
        yield Case(
            "ratio of seconds to a target", "Welch's t on logs", f"{size} an arm", 2.0,
            lambda r, n=studies: st.ratio(r.exponential(10, n), r.exponential(5, n)),
        )  # fmt: skip
        yield Case("share that reached a target", "Greenwood, log-log", size, 0.5, lambda r, n=studies: share(r, n))


def of_seeds() -> Iterator[Case]:
    """Numbers over training seeds; the attributes of a seed go together with a correlation of a half."""
    for seeds in (8, 4, 2):
        size = f"{seeds} seeds"
        yield Case("mean over seeds", "Student's t", size, 0.5, lambda r, n=seeds: st.mean(r.normal(0.5, 0.1, n)))
        yield Case(
            "difference of means", "Welch's t", f"{size} a side, spreads 1 : 3", 0.1,
            lambda r, n=seeds: st.difference(r.normal(0.5, 0.1, n), r.normal(0.4, 0.3, n)),
        )  # fmt: skip
        yield Case(
            "interquartile mean", "stratified bootstrap, Student's t", f"{size} x 5 attributes", 0.6,
            lambda r, n=seeds: st.interquartile_mean(attributes(r, n)),
        )  # fmt: skip
        for gap in (0.0, 0.1, 0.2):
            chance = float(stats.norm.cdf(gap / (0.1 * math.sqrt(2))))
            yield Case(
                "probability of improvement", "stratified bootstrap, Student's t", f"{size} a side, truth {chance:.2f}",
                chance,
                lambda r, n=seeds, d=gap: st.probability_of_improvement(
                    r.normal(0.5 + d, 0.1, (n, 1)), r.normal(0.5, 0.1, (n, 1))
                ),
            )  # fmt: skip


def of_steps() -> Iterator[Case]:
    """Costs of steps; a process shifts all of its blocks."""
    for processes, name in ((5, "Student's t on logs of processes"), (1, "order statistics of blocks")):
        yield Case(
            "cost of a step", name, f"{processes} processes x 30 blocks", 1.0,
            lambda r, n=processes: step_costs.interval(
                np.exp(0.02 * (n > 1) * r.normal(size=(n, 1)) + 0.05 * r.normal(size=(n, 30)))
            ),
        )  # fmt: skip


def pool(random: Random, trials: int, rate: float, targets: int) -> tuple[NDArray[np.bool_], Floats]:
    """Hits and seconds (trials, targets); whoever hits the harder target has hit the easier one."""
    hit = random.random((trials, 1)) < rate * np.array([1.0, 0.7])[:targets]
    return hit, random.lognormal(math.log(10) - 0.005, 0.1, (trials, 1)) * (1 + 2 * hit)


def expected(rate: float) -> float:
    """Expected seconds until a hit of trials of 10 seconds on average, a hit costing three times that."""
    return 10 * (1 + 2 * rate) / rate


def share(random: Random, studies: int) -> st.Interval | None:
    """The share that had reached a target at the median time; studies end at 1.5 times the mean."""
    times = random.exponential(10, studies)
    curve = st.reached(np.minimum(times, 15), times > 15)
    known = curve[(curve["time"] <= 10 * math.log(2)) & curve["ci_low"].notna()].tail(1)
    return None if known.empty else st.Interval(*known[["share", "ci_low", "ci_high"]].iloc[0])


def attributes(random: Random, seeds: int) -> Floats:
    """Scores (seeds, 5) about five levels whose middle is 0.6."""
    together, apart = random.normal(size=(seeds, 1)), random.normal(size=(seeds, 5))
    return np.array([0.4, 0.5, 0.6, 0.7, 0.8]) + 0.1 * math.sqrt(0.5) * (together + apart)


if __name__ == "__main__":
    main()
