"""How the trials of each searched model ended: hits, and the conditions that the others missed."""

from __future__ import annotations

import pandas as pd

from bench.report.html_tables import Table, tidy

CAPTION = (
    "How the trials ended. Hits: at the lowest level or above. Copies: trials that edit nothing (quality,"
    " accuracy and closeness missed). Then, for each condition of a hit at the lowest level, how many trials"
    " missed it; a trial can miss several. Each trial is a row of search.csv."
)
GROUPS = ["method", "variant", "space", "sampler"]
COPY = ["quality", "accuracy", "closeness"]


def table(search: pd.DataFrame) -> Table:
    """A row per model, control and sampler; a column for each condition that any trial missed."""
    missed = search["missed"].fillna("").str.get_dummies(" and ")
    copies = missed.sum(axis=1).eq(len(COPY)) & missed.reindex(columns=COPY, fill_value=0).all(axis=1)
    counted = pd.concat([search[GROUPS], missed.assign(trials=1, hits=~missed.any(axis=1), copies=copies)], axis=1)
    counts = counted.groupby(GROUPS, sort=False).sum().reset_index().rename(columns={"space": "search"})
    columns = ("method", "variant", "search", "sampler", "trials", "hits", "copies", *missed)
    return tidy(counts, CAPTION, "search", columns)
