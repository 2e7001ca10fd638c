"""What the intervals of bench/analysis/statistics.py cover, by simulation at the sizes in use; a benchmark, no test.

    PYTHONPATH=. .venv/bin/python tests/benchmarks/coverage.py

It writes bench/report/coverage.csv, which the report shows: one row a number and size, with the share of `repeats`
simulated 95 % intervals that held the truth, and that share's standard error; where the number is judged against a
`bar`, with the share that lies above it (`power`). The same seed gives the same table.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.analysis import seed_pairs, step_costs
from bench.analysis import statistics as st
from bench.report.prose import COVERAGE
from bench.runtime.atomic_files import write_text

SEED, REPEATS = 20241124, 1000
Random = np.random.Generator
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A number with its interval at one size, the truth, a simulation, and a bar; None is no interval to judge."""

    number: str
    interval: str
    size: str
    truth: float
    simulate: Callable[[Random], st.Interval | None]
    bar: float = math.nan


def main() -> None:
    """Simulate every case and write the table."""
    rows = [row(case) for case in cases()]
    table = pd.DataFrame(rows)
    print(table.to_string())
    write_text(COVERAGE, table.to_csv(index=False, lineterminator="\n"))


def row(case: Case) -> dict[str, object]:
    """One row of coverage.csv."""
    random = np.random.default_rng(SEED)
    drawn = [interval for interval in (case.simulate(random) for _ in range(REPEATS)) if interval is not None]
    covered = sum(interval.low <= case.truth <= interval.high for interval in drawn) / len(drawn)
    power = math.nan if math.isnan(case.bar) else sum(interval.low >= case.bar for interval in drawn) / REPEATS
    return {
        "number": case.number, "interval": case.interval, "size": case.size, "coverage": round(covered, 4),
        "standard_error": round(math.sqrt(covered * (1 - covered) / len(drawn)), 4), "bar": case.bar,
        "power": round(power, 4), "repeats": len(drawn), "seed": SEED,
    }  # fmt: skip


def cases() -> Iterator[Case]:
    """Every number that has an interval, at the sizes of demo and study."""
    yield from of_rates()
    yield from of_seconds()
    yield from of_studies()
    yield from of_seeds()
    yield from of_steps()


def of_rates() -> Iterator[Case]:
    """Hit rates, expected trials, ratios of rates, which are unknown where neither side ever hits."""
    for trials, rate in ((96, 0.1), (24, 0.2), (8, 0.3)):

        def hit_rate(random: Random, trials: int = trials, rate: float = rate) -> st.Interval:
            return st.hit_rate(hits(random, trials, rate), trials)

        def expected_trials(random: Random, trials: int = trials, rate: float = rate) -> st.Interval:
            return st.expected_trials(hits(random, trials, rate), trials)

        size = f"{trials} trials, rate {rate}"
        yield Case("hit rate", "Clopper-Pearson", size, rate, hit_rate)
        yield Case("expected trials", "Clopper-Pearson, reciprocal", size, 1 / rate, expected_trials)
    for trials, one, two in ((96, 0.1, 0.1), (96, 0.3, 0.1), (48, 0.3, 0.1), (24, 0.4, 0.2)):

        def ratio(random: Random, trials: int = trials, one: float = one, two: float = two) -> st.Interval:
            return st.rate_ratio(hits(random, trials, one), trials, hits(random, trials, two), trials)

        size = f"{trials} trials per arm, rates {one} and {two}"
        yield Case("ratio of hit rates", "Miettinen-Nurminen", size, one / two, ratio)


def of_seconds() -> Iterator[Case]:
    """Expected seconds, and their ratio; a hit is confirmed by two more trainings."""
    for trials, rate in ((96, 0.1), (24, 0.2), (8, 0.3)):

        def seconds(random: Random, trials: int = trials, rate: float = rate) -> st.Interval:
            return st.expected_seconds(*pool(random, trials, rate))

        size = f"{trials} trials, rate {rate}"
        yield Case("expected seconds", "MOVER of rate and seconds", size, expected(rate), seconds)
    for trials, one, two in (
        (96, 0.02, 0.02), (96, 0.1, 0.1), (96, 0.02, 0.18), (96, 0.1, 0.3), (192, 0.1, 0.3), (48, 0.1, 0.3),
        (24, 0.05, 0.4), (24, 0.9, 0.95), (8, 0.1, 0.5),
    ):  # fmt: skip

        def ratio(random: Random, trials: int = trials, one: float = one, two: float = two) -> st.Interval | None:
            drawn = st.seconds_ratio(*pool(random, trials, one), *pool(random, trials, two))
            return None if math.isnan(drawn.estimate) else drawn

        size = f"{trials} trials per arm, rates {one} and {two}"
        name = "Miettinen-Nurminen, costs by the delta method"
        yield Case("ratio of search seconds", name, size, expected(one) / expected(two), ratio, 1.5)


def of_studies() -> Iterator[Case]:
    """Times to a target of studies, which have no memory."""
    for studies in (8, 4):

        def seconds(random: Random, studies: int = studies) -> st.Interval:
            return st.geometric_mean(random.exponential(10, studies))

        def ratio(random: Random, studies: int = studies) -> st.Interval:
            return st.ratio(random.exponential(10, studies), random.exponential(5, studies))

        def reached(random: Random, studies: int = studies) -> st.Interval | None:
            return share(random, studies)

        size, typical = f"{studies} studies", 10 * math.exp(-np.euler_gamma)
        yield Case("seconds to a target", "Student's t on logs", size, typical, seconds)
        yield Case("ratio of seconds to a target", "Welch's t on logs", f"{size} per arm", 2.0, ratio)
        yield Case("share that reached a target", "Greenwood, log-log", size, 0.5, reached)


def of_seeds() -> Iterator[Case]:
    """Numbers over training seeds; the attributes of a seed go together with a correlation of a half."""
    for seeds in (8, 4, 2):

        def mean(random: Random, seeds: int = seeds) -> st.Interval:
            return st.mean(random.normal(0.5, 0.1, seeds))

        def difference(random: Random, seeds: int = seeds) -> st.Interval:
            return st.difference(random.normal(0.5, 0.1, seeds), random.normal(0.4, 0.3, seeds))

        size = f"{seeds} seeds"
        yield Case("mean over seeds", "Student's t", size, 0.5, mean)
        yield Case("difference of means", "Welch's t", f"{size} a side, spreads 1 : 3", 0.1, difference)
        for correlation in (0.2, 0.95) if seeds >= st.FEWEST_SEEDS else ():  # fewer pairs have no interval

            def pairs(random: Random, seeds: int = seeds, correlation: float = correlation) -> st.Interval:
                return seed_pairs.compare(*together(random, seeds, 0.05, 0.045, correlation)).at(0.95)

            yield Case(
                "difference in pairs", "paired t", f"{size}, correlation {correlation}, spread 0.045", 0.05, pairs, 0.0
            )
    for seeds in (8, 6):

        def ratio(random: Random, seeds: int = seeds) -> st.Interval:
            sides = [np.exp(side) for side in together(random, seeds, math.log(0.76), 0.127, 0.98)]
            return seed_pairs.compare(sides[1], sides[0], log=True).at(0.95)

        def of_winners(random: Random, seeds: int = seeds) -> st.Interval:
            return seed_pairs.compare(*winners(random, seeds)).at(0.95)

        def of_restricted(random: Random, seeds: int = seeds) -> st.Interval:
            return seed_pairs.compare(*restricted(random, seeds), log=True).at(0.95)

        size = f"{seeds} seeds, correlation 0.98, spread of logs 0.127"
        yield Case("ratio in pairs", "paired t on logs", size, 1 / 0.76, ratio, 1 / 0.8)
        yield Case(
            "difference of winners, a study per seed", "paired t", f"{seeds} seeds and studies", 0.05,
            of_winners, -0.03,
        )  # fmt: skip
        yield Case(
            "ratio of training seconds", "paired t on logs of restricted times", f"{seeds} seeds, a third censored",
            restricted_truth(), of_restricted, 1.1,
        )  # fmt: skip


def of_steps() -> Iterator[Case]:
    """Costs of steps; a process shifts all of its blocks."""
    for processes, name in (
        (6, "Student's t on logs of processes"),
        (5, "Student's t on logs of processes"),
        (1, "order statistics of blocks"),
    ):
        blocks = 5 if processes == 6 else 30

        def cost(random: Random, processes: int = processes, blocks: int = blocks) -> st.Interval:
            shift = 0.02 * (processes > 1) * random.normal(size=(processes, 1))
            return step_costs.interval(np.exp(shift + 0.05 * random.normal(size=(processes, blocks))))

        yield Case("cost of a step", name, f"{processes} processes x {blocks} blocks", 1.0, cost)


def hits(random: Random, trials: int, rate: float) -> int:
    """The number of trials that hit."""
    return int(random.binomial(trials, rate))


def pool(random: Random, trials: int, rate: float) -> tuple[NDArray[np.bool_], Floats]:
    """Hits and seconds (trials,)."""
    hit = random.random(trials) < rate
    return hit, random.lognormal(math.log(10) - 0.005, 0.1, trials) * (1 + 2 * hit)


def expected(rate: float) -> float:
    """Expected seconds until a hit of trials of 10 seconds on average, a hit costing three times that."""
    return 10 * (1 + 2 * rate) / rate


def share(random: Random, studies: int) -> st.Interval | None:
    """The share that had reached a target at the median time; studies end at 1.5 times the mean."""
    times = random.exponential(10, studies)
    curve = st.reached(np.minimum(times, 15), times > 15)
    known = curve[(curve["time"] <= 10 * math.log(2)) & curve["ci_low"].notna()].tail(1)
    return None if known.empty else st.Interval(*known[["share", "ci_low", "ci_high"]].iloc[0])


def together(random: Random, seeds: int, gap: float, spread: float, correlation: float) -> tuple[pd.Series, pd.Series]:
    """Two models' values by seed, the first higher by `gap`."""
    shared = [[spread**2, correlation * spread**2], [correlation * spread**2, spread**2]]
    values = random.multivariate_normal([gap, 0.0], shared, seeds)
    return pd.Series(values[:, 0]), pd.Series(values[:, 1])


def winners(random: Random, seeds: int) -> tuple[pd.Series, pd.Series]:
    """Finals by seed, each at the winner of a study of its own, whose luck spreads by 0.03 a model."""
    simulated, two = together(random, seeds, 0.05, 0.045, 0.2)
    return simulated + random.normal(0, 0.03, seeds), two + random.normal(0, 0.03, seeds)


def restricted(random: Random, seeds: int) -> tuple[pd.Series, pd.Series]:
    """Seconds to a level by seed; trainings end after 70, by when a third of the slower model's seeds are not there."""
    simulated, two = together(random, seeds, math.log(1.3), 0.2, 0.2)
    return tuple(np.minimum(50 * np.exp(side), 70.0) for side in (simulated, two))


def restricted_truth() -> float:
    """The ratio of geometric means of restricted times."""
    simulated, two = restricted(np.random.default_rng(SEED), 400_000)
    return float(np.exp(np.mean(np.log(simulated / two))))


if __name__ == "__main__":
    main()
