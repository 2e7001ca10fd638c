"""The price of a verdict: a design's power at the effects that an earlier run saw, and what would decide each claim.

A claim whose estimates all lie on its side is priced for support, by the product of its parts' powers; else for
contradiction, by the part that is surest to contradict it. No torch.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from bench import registry
from bench.analysis import power
from bench.analysis.claims import EXACT, contradiction_level
from bench.settings import Settings

MOST = 1 << 10  # repetitions beyond which none is looked for
Hours = Callable[[str, Sequence[str]], float]


@dataclass(frozen=True)
class PartPrice:
    """A part in the planned design: planned and needed repetitions of a unit, and core-hours of the planned ones."""

    unit: str
    models: tuple[str, ...]
    chance: Callable[[int], float]
    planned: int
    hours: float
    supports: bool

    @property
    def power(self) -> float:
        """Chance that the planned design decides the part."""
        return self.chance(self.planned)

    def needed(self, power: float) -> int:
        """The fewest repetitions that decide it with that chance, to within 5 %; `MOST` + 1 where none do."""
        low, high = 1, 2
        while high <= MOST and self.chance(high) < power:
            low, high = high, 2 * high
        if high > MOST:
            return MOST + 1
        while high - low > max(1, high // 20):
            middle = (low + high) // 2
            low, high = (low, middle) if self.chance(middle) >= power else (middle, high)
        return high

    def change(self, power: float) -> tuple[float, str]:
        """What decides it: core-hours beside the planned ones, and in words."""
        count = self.needed(power)
        if count > MOST:
            return math.inf, f"none up to {MOST} {_plural(self.unit)}: the effect seen lies at the bar"
        more = self.hours * (count / self.planned - 1) if self.planned else math.nan
        price = f", {more:+,.1f} core-hours" if more == more else ""
        whom = f" of {' and '.join(self.models)}" if self.models else ""
        return more, f"{count} {_plural(self.unit)}{whom} instead of {self.planned}{price}"


@dataclass(frozen=True)
class Price:
    """A claim in the planned design: the chance of the verdict that the effect seen points to, and what it takes."""

    claim: str
    verdict: str
    power: float
    hours: float
    change: str


def prices(parts: pd.DataFrame, settings: Settings, hours: Hours) -> list[Price]:
    """The price of every claim of claim_parts.csv; `hours` prices the planned repetitions of a unit of some models."""
    judged = parts[parts["judged"].astype(bool)]
    return [_price(str(claim), rows, settings, hours) for claim, rows in judged.groupby("claim", sort=False)]


def planned_count(unit: str, models: Sequence[str], settings: Settings) -> int:
    """How many repetitions of a unit the settings plan for all of the models; 0 where one of them has none."""
    if unit == "training seed":
        seeds = {final.model: len(final.seeds) for final in settings.finals}
        return min(seeds.get(model, 0) for model in models)
    if unit == "process":
        timed = {registry.without_label(model) for model in models} <= set(settings.speed.models)
        return settings.speed.processes if timed else 0
    if unit == "trial":
        plan = settings.search.samplers.get("random")
        return plan.studies * plan.trials if plan and set(models) <= set(settings.search.arms) else 0
    if settings.gradients is None:
        return 0
    return settings.gradients.point_seeds if unit == "point seed" else settings.gradients.seeds


def _price(claim: str, rows: pd.DataFrame, settings: Settings, hours: Hours) -> Price:
    unknown = rows[(rows["interval"] != EXACT) & (rows["base"].isna() | rows["estimate"].isna())]
    if len(unknown):
        row = unknown.iloc[0]
        return Price(claim, "", math.nan, math.nan, f"no effect was seen: {row['reason']}")
    parts = [_part(row, len(rows), settings, hours) for _, row in rows.iterrows()]
    repeated = [part for part in parts if part.unit]
    total = sum({(part.unit, part.models): part.hours for part in repeated}.values())
    against = [part for part in parts if not part.supports]
    if against:
        best = max(part.power for part in against)
        changes = [part.change(power.POWER) for part in against]
        _, cheapest = min(changes, key=lambda change: math.inf if math.isnan(change[0]) else change[0])
        return Price(claim, "contradicted", best, total, "none is needed" if best >= power.POWER else cheapest)
    chance = math.prod(part.power for part in repeated)
    each = power.POWER ** (1 / max(1, len(repeated)))
    needed = {part.change(each)[1] for part in repeated if part.power < each} if chance < power.POWER else set()
    return Price(claim, "supported", chance, total, "; ".join(sorted(needed)) or "none is needed")


def _plural(unit: str) -> str:
    return f"{unit}es" if unit.endswith("s") else f"{unit}s"


def _part(row: pd.Series, parts: int, settings: Settings, hours: Hours) -> PartPrice:
    estimate, bar, base, neutral = (float(row[name]) for name in ("estimate", "bar", "base", "neutral"))
    supports = estimate >= bar if row["side"] == ">=" else estimate <= bar
    if row["interval"] == EXACT:
        return PartPrice("", (), lambda _: 1.0, 0, 0.0, supports)
    level = 0.95 if supports else contradiction_level(parts)
    unit, models = str(row["unit"]), tuple(str(row["models"]).split()) if isinstance(row["models"], str) else ()
    distance = abs(math.log(estimate / bar)) if neutral == 1 else abs(estimate - bar)
    chance = (
        partial(power.power_against_bar, rate=base, ratio=estimate, bar=bar, level=level)
        if unit == "trial"
        else partial(power.power_of_mean, distance=distance, spread=base, level=level)
    )
    planned = planned_count(unit, models, settings)
    return PartPrice(unit, models, chance, planned, hours(unit, models), supports)
