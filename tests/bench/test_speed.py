"""Step costs: what is counted and how it is timed."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from torch import nn

from bench import settings, speed
from bench.tables import CONTRACT

CONFIG = Path(__file__).parents[1] / "config" / "smoke.yaml"


def _bench(model_id: str, attributes: int = 3) -> speed.Bench:
    config = settings.load(CONFIG)
    return speed.Bench(speed.Case(model_id, 16, 4, attributes), config, torch.device("cpu"))


def test_operations_of_a_convolution_and_its_gradients_are_those_worked_by_hand() -> None:
    layer = nn.Conv2d(2, 4, 3, padding=1, bias=False)
    images = torch.rand(1, 2, 5, 5, requires_grad=True)
    counter = speed.OperationCounter()
    with counter:
        layer(images).sum().backward()
    # 4·5·5 outputs of 2·3·3 multiply-adds; the gradients by input and by weight cost as much again, each
    assert counter.operations == 3 * 2 * (4 * 5 * 5) * (2 * 3 * 3)


def test_a_penalty_is_counted_through_its_double_backward_pass() -> None:
    published, lsgan = _bench("stargan_baseline.published"), _bench("stargan_baseline.lsgan")
    assert published.gflop("discriminator_step") > 1.2 * lsgan.gflop("discriminator_step")


def test_the_content_loss_halves_the_generators_passes() -> None:
    ratio = _bench("acl.plus_content").gflop("generator_step") / _bench("acl.plus_attribute").gflop("generator_step")
    assert 0.45 < ratio < 0.65  # one pass through G of two, and the same one through D


def test_an_iteration_of_five_critic_steps_shares_one_generator_step() -> None:
    bench = _bench("stargan_baseline.published")
    parts = {part: bench.gflop(part) for part in speed.PARTS}
    # on the fifth step the fakes are drawn once, with graph, for both: one forward pass of G less than apart
    apart = parts["discriminator_step"] + parts["generator_step"] / 5
    assert 0.9 * apart < parts["iteration"] < apart


def test_the_interval_of_a_median_is_that_of_the_order_statistics() -> None:
    # 95 % interval of the median of ten: 2nd to 9th value (Conover, Practical Nonparametric Statistics)
    assert speed.median_interval(np.arange(1.0, 11.0)) == (5.5, 2.0, 9.0)
    assert speed.median_interval(np.array([3.0])) == (3.0, 3.0, 3.0)


def test_groups_cover_sizes_batches_and_attribute_counts() -> None:
    content = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    content["speed"] |= {"image_sizes_px": [16, 32], "batch_sizes": [2], "attributes": [5, 40]}
    groups = list(speed.cases(settings.parse(content, "test")))
    found = [(case.image_size_px, case.batch_size, case.attributes) for case, *_ in groups]
    assert found == [(16, 2, 5), (16, 2, 40), (32, 2, 5), (32, 2, 40)]
    assert all(len(group) == len(content["speed"]["models"]) for group in groups)


def test_the_table_has_the_contracts_columns_and_a_row_a_part(tmp_path: Path) -> None:
    output = tmp_path / "speed.csv"
    speed.run(argparse.Namespace(config=CONFIG, output=output))
    table = pd.read_csv(output)
    assert set(CONTRACT["speed"]) <= set(table.columns)
    assert sorted(table["part"].unique()) == sorted(speed.PARTS)
    assert (table["ci_low"] <= table["milliseconds"]).all()
    assert (table["milliseconds"] <= table["ci_high"]).all()
    assert table["images_per_second"].to_numpy() == pytest.approx(table["batch"] * 1000 / table["milliseconds"])
