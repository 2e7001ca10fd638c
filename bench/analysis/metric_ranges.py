"""Means over training seeds whose intervals cannot leave the range of the metric.

Below five seeds there is no interval. From five on it is Student's t on a scale that has no end: logits for shares in
[0, 1], logs for metrics that cannot be negative, the plain scale else; the standard error by the delta method.
"""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike

from bench.analysis.statistics import FEWEST_SEEDS, Interval

SHARES = ("attribute_accuracy", "preservation_accuracy", "closer_to_counterfactual", "precision_", "recall_")
LEAST_SHARE = 1e-300  # the odds of a smaller one are no float
NOT_NEGATIVE = ("background_error", "counterfactual_error", "fid_")


def mean(metric: str, values: ArrayLike, level: float = 0.95) -> Interval:
    """The mean of a metric over seeds; without limits below `FEWEST_SEEDS`, or at the end of the metric's range."""
    sample = np.asarray(values, dtype=float)
    centre = float(sample.mean()) if sample.size else math.nan
    share, positive = metric.startswith(SHARES), metric.startswith(NOT_NEGATIVE)
    at_the_end = (share and not LEAST_SHARE < centre < 1) or (positive and centre <= 0)
    if sample.size < FEWEST_SEEDS or at_the_end:
        return Interval(centre, math.nan, math.nan)
    half = float(scipy.stats.t.ppf((1 + level) / 2, sample.size - 1) * scipy.stats.sem(sample))
    if share:
        logit, half = math.log(centre / (1 - centre)), half / (centre * (1 - centre))
        return Interval(centre, 1 / (1 + math.exp(half - logit)), 1 / (1 + math.exp(-half - logit)))
    if positive:
        return Interval(centre, centre * math.exp(-half / centre), centre * math.exp(half / centre))
    return Interval(centre, centre - half, centre + half)
