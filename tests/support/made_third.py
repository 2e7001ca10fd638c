"""A made third method, for the tests of figures and page: it is registered for as long as a test asks."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import pytest

from bench import registry
from bench.blocks.weights import LAMBDA_CLS
from bench.method import MethodInfo, Variant
from bench.settings import Settings, parse_settings
from tests.support.made_tables import derived, made_settings, tables

THIRD = MethodInfo(
    name="third", label="Third", colour="#009E73", source="Nobody, A method made for tests", switches=(),
    variants=(
        Variant(
            slug="plain", label="Third (plain)", family="lsgan", n_critic=1, summary="a made method",
            searched=(LAMBDA_CLS,), fixed={"lambda_adv": 1.0},
        ),
    ),
)  # fmt: skip
MODEL = "third.plain"
MEASURED = ("scores", "curves", "speed", "speed_ratio")


@contextmanager
def registered() -> Iterator[None]:
    """The registry with the third method in it."""
    with pytest.MonkeyPatch.context() as patch:
        methods = {**registry.methods(), THIRD.name: THIRD}
        patch.setattr(registry, "methods", lambda: methods)
        yield


def settings_of_three(results: str = "results") -> Settings:
    """The made settings with the third method searched, trained and timed; needs it to be registered."""
    content = made_settings(results).model_dump(mode="json")
    content["search"]["arms"].append(MODEL)
    content["finals"].append({"model": MODEL, "seeds": [1, 2]})
    content["speed"]["models"].append(MODEL)
    return parse_settings(content, "settings of three methods")


def tables_of_three() -> dict[str, pd.DataFrame]:
    """The made tables; the third method's scores, curves and costs are those of another variant, a tenth higher."""
    tables_by_name = {name: table for name, table in tables().items() if name not in ("time_to_target",)}
    for name in MEASURED:
        rows = tables_by_name[name][
            (tables_by_name[name]["method"] == "acl") & (tables_by_name[name]["variant"] == "plus_mask")
        ]
        rows = rows.assign(method=THIRD.name, variant="plain")
        for column in {"value", "milliseconds", "ci_low", "ci_high", "ratio"} & set(rows.columns):
            rows[column] = 1.1 * rows[column]
        tables_by_name[name] = pd.concat([tables_by_name[name], rows], ignore_index=True)
    tables_by_name["time_to_target"] = tables()["time_to_target"]
    return derived(tables_by_name, settings_of_three())
