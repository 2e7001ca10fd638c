"""Searches with a smooth landscape of known shape, and every table that is made of them."""

from typing import Any

import numpy as np
import pandas as pd

from bench.analysis import tables
from bench.search import spaces, trial_table
from bench.settings import Settings

TUNED = ("objective", "attribute_accuracy", "preservation_accuracy")


def searches(settings: Settings, studies: int = 4, length: int = 12, widths: float = 0.6) -> pd.DataFrame:
    """Rows of search.csv: bowls over log weights, `widths` decades wide; some trials fail."""
    random = np.random.default_rng(4)
    rows: list[dict[str, Any]] = []
    for model in settings.search.arms:
        method, _, variant = model.partition(".")
        searched = spaces.ranges(model, settings.search)
        for sampler, spread in (("random", 1.0), ("tpe", 0.5)):
            for study in range(studies):
                for trial in range(length):
                    logs = {
                        axis.name: spread * random.uniform(np.log10(axis.low), np.log10(axis.high)) for axis in searched
                    }
                    quality = 0.85 * float(np.exp(-sum(log**2 for log in logs.values()) / (2 * widths**2)))
                    failed = trial == length // 2 and study == 0
                    measured = quality * random.normal(1, 0.05)
                    rows.append(
                        {
                            "method": method, "variant": variant, "sampler": sampler, "study": study, "trial": trial,
                            "state": "FAIL" if failed else "COMPLETE", "range_shift": 0.0, "dimension": len(searched),
                            "split": "valid", "train_seconds": 12.0, "eval_seconds": np.nan if failed else 2.5,
                            "steps": 120, **{name: 10**log for name, log in logs.items()},
                            "objective": np.nan if failed else measured, "fid": np.nan if failed else 40.0,
                            "attribute_accuracy": np.nan if failed else 0.8,
                            "preservation_accuracy": np.nan if failed else 0.93, "preservation_ceiling": 0.95,
                            "background_error": 0.02, "closer_to_counterfactual": 0.6,
                            "confirmations": 0, "device": "cpu", "key": "0123456789abcdef",
                            "width_decades": spaces.width_decades(searched), "box": spaces.text(searched),
                            "space": "main",
                            "reason": "Loss term content became nan." if failed else "",
                            "evaluations": np.nan if failed else 1,
                        }
                    )  # fmt: skip
    return pd.DataFrame(rows, columns=trial_table.columns(trial_table.weight_names()))


def search_tables(search: pd.DataFrame, speed: pd.DataFrame, settings: Settings) -> dict[str, pd.DataFrame]:
    """search.csv as it is written, and every table that is made of trials and step costs alone."""
    tables_of_search = tables.of_search(search, speed, settings)
    return {name: table for name, table in tables_of_search.items() if name != "time_to_target"}
