"""The log has each step's rows once, whatever cut it short."""

import json
from pathlib import Path

import pytest
import torch

from bench.method import Losses
from bench.training.loss_log import DivergedError, Meter, TrainingLog, check_losses, kept_rows


def losses(**terms: float) -> Losses:
    values = {name: torch.tensor(value) for name, value in terms.items()}
    return Losses(values, torch.stack(list(values.values())).sum())


def test_means_are_over_the_steps_that_had_the_term() -> None:
    meter = Meter()
    meter.add({"discriminator": losses(real=1.0, fake=2.0)}, step=1)
    meter.add({"discriminator": losses(real=3.0, fake=2.0), "generator": losses(fooled=5.0)}, step=2)
    assert meter.peek() == {
        "discriminator/real": 2.0,
        "discriminator/fake": 2.0,
        "discriminator/total": 4.0,
        "generator/fooled": 5.0,
        "generator/total": 5.0,
    }
    meter = Meter()
    assert meter.peek() == {}


def test_the_first_term_that_spoilt_is_named_though_all_are_nan_later() -> None:
    meter = Meter()
    meter.add({"discriminator": losses(real=1.0), "generator": losses(a=1.0, b=float("inf"))}, step=7)
    meter.add({"discriminator": losses(real=float("nan")), "generator": losses(a=float("nan"), b=1.0)}, step=8)
    assert meter.first_spoilt() == ("generator/b", 7)
    with pytest.raises(DivergedError, match=r"generator/b was NaN or infinite at step 7 of 9.*lambda_x = 0\.5"):
        check_losses(meter, 9, {"lambda_x": 0.5})


def test_a_torn_tail_and_later_steps_are_cut_on_resume(tmp_path: Path) -> None:
    with TrainingLog(tmp_path, 0) as log:
        for step in (50, 100, 150):
            log.write(step, 16 * step, 1.0, {"loss/x": 0.5})
    with (tmp_path / "stats.jsonl").open("a") as stream:
        stream.write('{"step": 20')
    with TrainingLog(tmp_path, 100) as log:
        log.write(150, 2400, 1.0, {"loss/x": 0.25})
    rows = [json.loads(line) for line in (tmp_path / "stats.jsonl").read_text().splitlines()]
    assert [(row["step"], row["loss/x"]) for row in rows] == [(50, 0.5), (100, 0.5), (150, 0.25)]


def test_lines_that_are_no_rows_are_cut() -> None:
    assert kept_rows('{"step": 1}\nnull\n{"st\n{"other": 1}\n{"step": 2}', 5) == ['{"step": 1}\n']
