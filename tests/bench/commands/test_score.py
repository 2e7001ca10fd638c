import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from bench.commands import score_controls
from bench.data.store import Store
from bench.evaluation import final_scores, judge_training, judges
from bench.evaluation.evaluator import Evaluator
from bench.evaluation.translations import EditedImages, Translations
from bench.registry import methods
from bench.settings import JudgeSettings, Settings, load_settings
from tests import ROOT
from tests.support import painted_faces
from tests.support.painted_faces import DATA, RULES, judge_card, painted_store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder with both judges."""
    folder = tmp_path_factory.mktemp("run")
    for name in "ab":
        split = painted_faces.split(f"judge_{name}", 240, 9)
        network = judge_training.train(split, judge_card(name), JudgeSettings(channels=8, epochs=8, batch_size=32))
        judges.save(folder / f"judge_{name}.safetensors", network, judge_card(name))
    return folder


def true_edits() -> Translations:
    """The translations of a model that paints the true edits, and shows the sources where targets are shuffled."""
    truths, sources = painted_store().split("valid").counterfactuals, painted_store().split("valid").images
    assert truths is not None
    rows = {edit: np.flatnonzero(truth.applies) for edit, truth in truths.items()}
    edits = {edit: EditedImages(rows[edit], truth.images[rows[edit]]) for edit, truth in truths.items()}
    return Translations(edits, {edit: EditedImages(rows[edit], sources[rows[edit]]) for edit in RULES.attributes})


@pytest.fixture
def plan(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The demo's settings over painted faces."""
    demo = load_settings(ROOT / "config" / "demo.yaml")
    both = demo.scoring.model_copy(update={"splits": ("valid", "test")})
    plan = demo.model_copy(update={"data": DATA, "results": folder, "run": "painted", "scoring": both})
    monkeypatch.setattr(score_controls, "load_settings", lambda _: plan)
    monkeypatch.setattr(Store, "open", lambda _: painted_store())
    return plan


def arguments(folder: Path) -> argparse.Namespace:
    judges = [folder / "judge_a.safetensors", folder / "judge_b.safetensors"]
    return argparse.Namespace(config=Path(), pack=Path("pack.json"), judges=judges, output=folder / "scores.csv")


def test_controls_hold_their_promises(folder: Path, plan: Settings) -> None:
    score_controls.run(arguments(folder))
    table = pd.read_csv(folder / "scores.csv")
    assert list(table.columns) == list(final_scores.COLUMNS)
    assert set(table["method"]) == {"control"}
    assert set(table["split"]) == {"valid", "test"}
    values = table[(table["attribute"] == "all") & (table["split"] == "valid")].set_index(["variant", "metric"])[
        "value"
    ]
    assert values["identity", "attribute_accuracy"] < 0.05
    assert values["identity", "quality"] == 0.0
    assert values["counterfactual", "quality"] == pytest.approx(1.0, abs=0.03)
    assert values["counterfactual", "counterfactual_error"] == 0.0
    for name in ("other_person", "ten_faces"):
        assert values[name, "attribute_accuracy"] > 0.95  # the right labels
        assert values[name, "background_error"] > 0.03  # the wrong face
    assert values["other_person", "quality"] > 0.8
    assert values["half_way", "background_error"] == values["half_way", "closer_to_counterfactual"] == 0.0
    assert 0.4 < values["half_way", "counterfactual_error_relative"] < 0.6
    assert values["judge_ceiling", "attribute_accuracy"] > 0.95
    assert values["judge_ceiling", "judge_a_attribute_accuracy"] > 0.95
    assert abs(values["counterfactual", "attribute_accuracy"] - values["judge_ceiling", "attribute_accuracy"]) < 0.05
    assert (table["n"] > 0).all()


def test_a_model_is_scored_beside_its_shuffled_control(folder: Path, plan: Settings) -> None:
    name, info = next(iter(methods().items()))
    slug = info.variants[0].slug
    evaluator = evaluator_of(folder, plan)
    rows = list(final_scores.model_rows(evaluator, true_edits(), f"{name}.{slug}", 3))
    table = pd.DataFrame(rows, columns=list(final_scores.COLUMNS))
    kinds = {(method, variant) for method, variant in table[["method", "variant"]].itertuples(index=False)}
    assert kinds == {(name, slug), ("control", f"shuffled_{name}_{slug}")}
    assert set(table["seed"]) == {3}
    values = table[table["attribute"] == "all"].set_index(["method", "metric"])["value"]
    assert values[name, "attribute_accuracy"] > 0.95
    assert values["control", "attribute_accuracy"] < 0.05
    metrics = {metric.removesuffix("_full") for metric in table["metric"]}
    assert {f"{kind}_judge_valid" for kind in ("fid", "kid", "precision", "recall")} <= metrics


def test_the_quick_fid_is_the_final_one(folder: Path, plan: Settings) -> None:
    evaluator = evaluator_of(folder, plan)
    candidate = evaluator.evaluation.counterfactual
    final = next(score.value for score in evaluator.scores(candidate) if score.metric == "fid_judge_valid")
    assert evaluator.measure(candidate)["fid_judge_valid"] == pytest.approx(final, rel=1e-3)


def evaluator_of(folder: Path, plan: Settings) -> Evaluator:
    judge_a, judge_b = arguments(folder).judges
    return final_scores.final_evaluator(plan, painted_store(), (judge_a, judge_b), "valid", torch.device("cpu"))
