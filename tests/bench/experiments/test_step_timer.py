"""Step costs: what is counted and how it is timed."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from torch import nn

from bench.analysis import step_costs
from bench.analysis.contract import CONTRACT
from bench.analysis.step_blocks import PARTS, Cost
from bench.commands import speed
from bench.evaluation import judge_training, judges
from bench.evaluation.evaluator import Evaluator, trial_evaluator
from bench.evaluation.translations import Translations
from bench.experiments import step_timer
from bench.experiments.step_timer import Inputs
from bench.method import Translator
from bench.settings import JudgeSettings, Settings, load_settings, parse_settings
from tests import ROOT
from tests.support import painted_faces
from tests.support.painted_faces import judge_card, painted_store

CONFIG = ROOT / "tests" / "config" / "smoke.yaml"


def _bench(model_id: str, attributes: int = 3) -> step_timer.Bench:
    config = load_settings(CONFIG)
    return step_timer.Bench(step_timer.Case(model_id, 16, 4, attributes), config, torch.device("cpu"))


def test_operations_of_a_convolution_and_its_gradients_are_those_worked_by_hand() -> None:
    layer = nn.Conv2d(2, 4, 3, padding=1, bias=False)
    images = torch.rand(1, 2, 5, 5, requires_grad=True)
    counter = step_timer.OperationCounter()
    with counter:
        layer(images).sum().backward()
    # 4·5·5 outputs of 2·3·3 multiply-adds; the gradients by input and by weight cost as much again, each
    assert counter.operations == 3 * 2 * (4 * 5 * 5) * (2 * 3 * 3)


def test_a_penalty_is_counted_through_its_double_backward_pass() -> None:
    published, lsgan = _bench("stargan_baseline.published"), _bench("stargan_baseline.lsgan")
    assert published.work("discriminator_step")[0] > 1.2 * lsgan.work("discriminator_step")[0]


def test_the_content_loss_halves_the_generators_passes() -> None:
    ratio = (
        _bench("acl.plus_content").work("generator_step")[0] / _bench("acl.plus_attribute").work("generator_step")[0]
    )
    assert 0.45 < ratio < 0.65  # one pass through G of two, and the same one through D


def test_an_iteration_of_five_critic_steps_shares_one_generator_step() -> None:
    bench = _bench("stargan_baseline.published")
    parts = {part: bench.work(part)[0] for part in PARTS}
    # on the fifth step the fakes are drawn once, with graph, for both: one forward pass of G less than apart
    apart = parts["discriminator_step"] + parts["generator_step"] / 5
    assert 0.9 * apart < parts["iteration"] < apart


@pytest.mark.parametrize(("model_id", "passes"), [("acl.plus_attribute", 2.0), ("acl.plus_content", 1.0)])
def test_the_content_loss_takes_one_generator_pass_and_the_cycle_two(model_id: str, passes: float) -> None:
    bench = _bench(model_id)
    assert bench.work("generator_step")[1] == bench.work("iteration")[1] == passes
    assert bench.work("discriminator_step")[1] == 1


@pytest.mark.parametrize("model_id", ["stargan_baseline.published", "acl.plus_attribute_wgangp", "acl.full"])
def test_forty_attributes_are_timed(model_id: str) -> None:
    assert _bench(model_id, attributes=40).work("iteration")[0] > _bench(model_id, attributes=5).work("iteration")[0]


def test_a_growing_model_is_timed_phase_by_phase_and_small_phases_cost_less() -> None:
    config = load_settings(CONFIG)
    case = step_timer.Case("acl.full", 32, 4, 3)
    phases = list(step_timer.growing(case))
    assert [list(timed_case.parts) for timed_case in phases] == [["iteration_16px"], ["iteration_32px_fading"]]
    assert list(step_timer.growing(step_timer.Case("acl.plus_mask", 32, 4, 3))) == []
    small, fading, whole = (
        step_timer.Bench(timed_case, config, torch.device("cpu")).work("iteration")[0] for timed_case in (*phases, case)
    )
    assert small < whole < fading  # a fade computes the old ends beside the new ones
    assert small < 0.7 * whole  # the innermost blocks stay as they are


def test_groups_cover_sizes_batches_and_attribute_counts() -> None:
    content = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    content["speed"] |= {"image_sizes_px": [16, 32], "batch_sizes": [2], "attributes": [5, 40]}
    groups = list(step_timer.cases(parse_settings(content, "test")))
    cases = [(case.image_size_px, case.batch_size, case.attributes) for case, *_ in groups]
    assert cases == [(16, 2, 5), (16, 2, 40), (32, 2, 5), (32, 2, 40)]
    assert all(len(group) == len(content["speed"]["models"]) for group in groups)


def _arguments(folder: Path, models: list[str], processes: int) -> argparse.Namespace:
    """Arguments of `speed` that time `models`, with results below `folder`."""
    content = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    content["results"] = str(folder)
    content["speed"] |= {"models": models, "processes": processes, "blocks": 2}
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(content), encoding="utf-8")
    return argparse.Namespace(
        config=config, pack=folder / "no.json", judges=[folder / "none"] * 2, output=folder / "blocks.csv",
    )  # fmt: skip


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_tables_have_a_row_a_part_and_a_row_a_pair_of_a_family(tmp_path: Path, processes: int) -> None:
    models = ["stargan_baseline.lsgan", "stargan_baseline.published", "acl.plus_attribute"]
    arguments = _arguments(tmp_path, models, processes)
    speed.run(arguments)
    table, ratios = step_costs.tables(pd.read_csv(arguments.output))
    assert set(CONTRACT["speed"]) <= set(table.columns)
    assert len(table) == 3 * len(PARTS)
    assert (table["repeats"] == processes * 2).all()
    assert table["images_per_second"].to_numpy() == pytest.approx(table["batch"] * 1000 / table["milliseconds"])
    assert set(ratios["method"] + "." + ratios["variant"]) == {"stargan_baseline.lsgan", "acl.plus_attribute"}
    for step_table in (table.rename(columns={"milliseconds": "ratio"}), ratios):
        assert (step_table["ci_low"] <= step_table["ratio"]).all()
        assert (step_table["ratio"] <= step_table["ci_high"]).all()


def test_a_stopped_measurement_goes_on_after_its_last_whole_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of three processes is measured once though the second is interrupted; asked again, all are."""
    arguments = _arguments(tmp_path, ["acl.plus_attribute"], 3)
    begun: list[int] = []

    def measure(settings: Settings, inputs: Inputs, device_type: str, process: int) -> list[list[Cost]]:
        begun.append(process)
        if begun == [0, 1]:
            raise KeyboardInterrupt
        cost = Cost("acl.plus_attribute", "iteration", np.array([[1.0 + process, 2.0]]), 1.0, 2.0, 4)
        return [[cost], []]

    monkeypatch.setattr(speed, "measure_apart", measure)
    with pytest.raises(KeyboardInterrupt):
        speed.run(arguments)
    assert not arguments.output.is_file()
    speed.run(arguments)
    assert begun == [0, 1, 1, 2]
    blocks = pd.read_csv(arguments.output)
    assert blocks[["process", "block", "milliseconds"]].to_numpy().tolist() == [
        [0, 0, 1000], [0, 1, 2000], [1, 0, 2000], [1, 1, 2000], [2, 0, 3000], [2, 1, 2000],
    ]  # fmt: skip
    speed.run(arguments)
    assert begun[4:] == [0, 1, 2]


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
        return step_timer.measure_evaluations(config, Inputs(Path("pack16.json"), judge_files), CPU, 0)

    monkeypatch.setattr("bench.experiments.step_timer.open_stores", lambda packs: {16: painted_store()})
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
    monkeypatch.delattr("bench.experiments.step_timer.open_stores")
    assert measure(models=["acl.plus_attribute"]) == []
