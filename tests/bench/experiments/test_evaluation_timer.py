"""What a trial's evaluation costs is timed as search does it, for every searched arm in turn."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from bench.analysis.step_blocks import Cost
from bench.evaluation import judge_training, judges
from bench.evaluation.evaluator import Evaluator, trial_evaluator
from bench.evaluation.translations import Translations
from bench.experiments import evaluation_timer
from bench.experiments.evaluation_timer import Inputs
from bench.method import Translator
from bench.settings import JudgeSettings, parse_settings
from tests.support import painted_faces
from tests.support.painted_faces import judge_card, painted_store

ARMS = ["stargan_baseline.lsgan_mask", "acl.plus_mask"]
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def judge_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("judges")
    files = folder / "judge_a.safetensors", folder / "judge_b.safetensors"
    for file, name in zip(files, "ab", strict=True):
        plan = JudgeSettings(channels=8, epochs=1, batch_size=32)
        network = judge_training.train(painted_faces.split(f"judge_{name}", 64, 9), judge_card(name), plan)
        judges.save(file, network, judge_card(name))
    return files


@pytest.fixture
def measure(
    judge_files: tuple[Path, Path], smoke_content: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[Cost]]:
    """Times the evaluations of painted faces under the smoke test's settings, of which some are changed."""

    def measured(repeats: int = 2, **changes: Any) -> list[Cost]:
        smoke_content["search"] |= {"evaluation_images": 80} | changes.pop("search", {})
        smoke_content["speed"] |= {"evaluation_repeats": repeats} | changes
        config = parse_settings(smoke_content, "test")
        return evaluation_timer.measure(config, Inputs(Path("pack16.json"), judge_files), CPU, 0)

    monkeypatch.setattr("bench.experiments.evaluation_timer.open_stores", lambda packs: {16: painted_store()})
    return measured


def test_every_searched_arm_that_is_timed_has_its_evaluations_timed_and_its_images_counted(
    measure: Callable[..., list[Cost]], judge_files: tuple[Path, Path], smoke_content: dict[str, Any]
) -> None:
    costs = measure(models=["acl.plus_attribute", *ARMS])
    assert [cost.model_id for cost in costs] == ARMS
    evaluator = trial_evaluator(parse_settings(smoke_content, "test"), painted_store(), judge_files, CPU)
    for cost in costs:
        assert (cost.part, cost.seconds.shape) == ("evaluation", (1, 2))
        assert (cost.seconds > 0).all()
        assert cost.images == sum(
            len(task.rows) for task in evaluator.evaluation.tasks.values() if "+" not in task.edit
        )
        assert math.isnan(cost.gflop)


def test_arms_take_turns_and_each_is_translated_and_measured(
    measure: Callable[..., list[Cost]], monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []
    measured: list[Translations] = []
    translate, quick = Evaluator.translate, Evaluator.quick

    def translated(self: Evaluator, translator: Translator) -> Translations:
        turns.append(id(translator))
        return translate(self, translator)

    def scored(self: Evaluator, translations: Translations) -> dict[str, float]:
        measured.append(translations)
        return quick(self, translations)

    monkeypatch.setattr(Evaluator, "translate", translated)
    monkeypatch.setattr(Evaluator, "quick", scored)
    measure(repeats=3)
    assert [len(set(turns[start : start + 2])) for start in (0, 2, 4)] == [2, 2, 2]
    assert len(turns) == len(measured) == 6


def test_where_no_searched_arm_is_timed_no_face_and_no_judge_is_opened(
    measure: Callable[..., list[Cost]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("bench.experiments.evaluation_timer.open_stores")
    assert measure(models=["acl.plus_attribute"]) == []
