"""Controls of the search: their trials apart from the main ones, and tables of both. No torch.

A control searches an arm over fewer axes, or over axes that change nothing (1-vs-1, 3-vs-2: docs/design.md). It is a
comparison of its own, named `<control>: <baseline>/<challenger>`: main comparisons, winners, good zones and verdicts
never see its trials.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from bench.settings import Settings
from bench.settings.sections import MAIN, MainCompareSettings

Maker = Callable[[pd.DataFrame, pd.DataFrame, Settings], pd.DataFrame]


@dataclass(frozen=True)
class View:
    """What a control is judged by: its trials as if they were a run's, and settings that compare its arms alone."""

    name: str
    search: pd.DataFrame
    settings: Settings


def main_trials(search: pd.DataFrame) -> pd.DataFrame:
    """The trials of no control."""
    return search[search["space"] == MAIN]


def views(search: pd.DataFrame, settings: Settings) -> Iterator[View]:
    """One view a control; an arm that the control leaves as it is has its main trials there, of the same samplers."""
    for name, control in settings.search.controls.items():
        changed, pair = {*control.frozen, *control.redundant}, control.comparison.pair
        models, sampled = search["method"] + "." + search["variant"], search["sampler"].isin(list(control.samplers))
        searched = (search["space"] == name) & models.isin(changed)
        shared = (search["space"] == MAIN) & models.isin(set(pair) - changed)
        alone = settings.search.model_copy(update={"comparisons": (), "controls": {}})
        yield View(
            name,
            search[sampled & (searched | shared)].assign(space=MAIN),
            settings.model_copy(update={"compare": MainCompareSettings(**dict(control.comparison)), "search": alone}),
        )


def with_controls(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings, make: Maker) -> pd.DataFrame:
    """A table of comparisons: the main ones, then one a control that was searched."""
    tables = [make(main_trials(search), speed, settings)]
    for view in views(search, settings):
        if len(view.search):
            rows = make(view.search, speed, view.settings)
            tables.append(rows.assign(comparison=f"{view.name}: " + rows["comparison"].astype(str)))
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
