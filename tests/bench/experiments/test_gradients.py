"""The gradient experiments as a command: which rows they leave."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from bench.analysis.contract import CONTRACT, KEYS
from bench.commands import gradients
from bench.data.batches import Batches
from bench.data.store import open_stores
from bench.errors import BenchError
from bench.experiments.frozen_generator import batch_norms
from bench.settings import Settings, load_settings
from bench.training import steps
from bench.training.steps import build_model
from tests.support.made_manifest import write_manifest

SIDE = 16
FACES = {"train": 24, "valid": 8}
MODELS = ("stargan_baseline.lsgan", "acl.plus_attribute_wgangp")
TERMS = {MODELS[0]: {"adversarial", "classification"}, MODELS[1]: {"attribute"}}


@pytest.fixture
def content(smoke_content: dict[str, Any]) -> dict[str, Any]:
    """Two families, one seed, few steps; the early generator is frozen after 2 of 40 steps."""
    plan = {"models": list(MODELS), "generator": MODELS[0], "seeds": 1, "distances": [0, 4]}
    plan |= {"point_seeds": 2, "point_steps": 3, "discriminator_steps": 2, "images": 4, "norm_share": 0.1}
    smoke_content["gradients"] = plan
    smoke_content["training"] |= {"budget_kimg": 0.32, "batch_size": 8}
    return smoke_content


def pack(folder: Path, config: Settings, with_edits: bool = True) -> Path:
    """Noise, and edits that brighten its left half."""
    random = np.random.default_rng(1)
    edits = config.data.edits if with_edits else ()
    arrays = folder / "pack16"
    arrays.mkdir()
    for split, count in FACES.items():
        images = random.integers(0, 200, (count, SIDE, SIDE, 3), dtype=np.uint8)
        np.save(arrays / f"{split}.images.npy", images)
        np.save(arrays / f"{split}.labels.npy", random.random((count, len(config.data.attributes))) < 0.5)
        np.save(arrays / f"{split}.names.npy", np.array([f"{place:06d}.jpg" for place in range(count)]))
        for edit in edits if split == "valid" else ():
            left = np.arange(SIDE) < SIDE // 2
            np.save(arrays / f"{split}.{edit}.images.npy", images + 50 * left[:, None].astype(np.uint8))
            np.save(arrays / f"{split}.{edit}.applies.npy", np.ones(count, bool))
            np.save(arrays / f"{split}.{edit}.unchanged.npy", np.broadcast_to(~left, (count, SIDE, SIDE)))
    return write_manifest(
        arrays.with_suffix(".json"), digest="made", attributes=config.data.attributes, image_size_px=SIDE, edits=edits
    )


def measured(folder: Path, content: dict[str, Any], with_edits: bool = True) -> pd.DataFrame:
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(content), encoding="utf-8")
    manifest = pack(folder, load_settings(config), with_edits)
    output = folder / "gradients.csv"
    gradients.run(argparse.Namespace(config=config, pack=manifest, output=output))
    return pd.read_csv(output)


def test_each_experiment_leaves_a_row_a_model_setting_loss_and_seed(tmp_path: Path, content: dict[str, Any]) -> None:
    gradients_table = measured(tmp_path, content)
    assert list(gradients_table.columns) == list(CONTRACT["gradients"])
    assert not gradients_table.duplicated(list(KEYS["gradients"])).any()
    assert gradients_table["value"].notna().all()
    assert gradients_table[gradients_table["measure"] == "cosine"]["value"].abs().max() <= 1 + 1e-6
    assert gradients_table.groupby("model")["family"].unique().map(list).to_dict() == {
        MODELS[0]: ["lsgan"],
        MODELS[1]: ["wgan_gp"],
        "control.oracle_classifier": ["control"],
        "control.random_direction": ["control"],
    }

    for experiment in ("points", "points_at_source"):
        points = gradients_table[gradients_table["experiment"] == experiment]
        assert set(points["setting"].astype(float)) == {0, 4}
        assert set(points["seed"]) == {0, 1}
        for model, terms in TERMS.items():
            assert terms == set(points.loc[points["model"] == model, "loss"])
    images = gradients_table[gradients_table["experiment"] == "images"]
    assert dict(zip(images["setting"], images["images_seen"], strict=True)) == {"start": 0, "early": 2 * 8}
    training = gradients_table[gradients_table["experiment"] == "training"]
    assert set(training["images_seen"]) == {0, 8, 16, 24, 32}  # a tenth of 40 steps
    for model, terms in TERMS.items():
        for rows in (images, training):  # every term of the generator's loss
            assert terms | {"reconstruction"} == set(rows.loc[rows["model"] == model, "loss"])


def test_what_does_not_depend_on_the_target_says_nothing_and_the_oracle_says_all(
    tmp_path: Path, content: dict[str, Any]
) -> None:
    gradients_table = measured(tmp_path, content)
    images = gradients_table[gradients_table["experiment"] == "images"].groupby(["model", "loss"])["value"]
    spoken = images.agg(["min", "max"]).to_dict("index")
    for term in ((MODELS[0], "adversarial"), (MODELS[0], "reconstruction"), (MODELS[1], "reconstruction")):
        assert spoken[term] == {"min": 0, "max": 0}
    assert spoken[MODELS[0], "classification"]["max"] != 0
    assert spoken["control.oracle_classifier", "control"]["min"] == pytest.approx(1)


def test_norms_are_read_beside_a_training_that_they_do_not_change(tmp_path: Path, content: dict[str, Any]) -> None:
    """With shifts of the discriminator's images, whose draws come from the batch's own stream."""
    content["training"]["discriminator_shift_px"] = 1
    gradients_table = measured(tmp_path, content)
    norms = gradients_table[(gradients_table["experiment"] == "training") & (gradients_table["model"] == MODELS[0])]
    config = load_settings(tmp_path / "config.yaml")
    stores = open_stores([tmp_path / "pack16.json"])
    model = build_model(config, MODELS[0], {}, stores)
    networks = steps.build(model, config.training, 0, torch.device("cpu"))
    batches = Batches(stores[SIDE].split("train"), 8, 0, "permuted", True, "cpu")
    for step in range(4):
        steps.step(model, networks, batches.batch(step), update_generator=True)
    expected = batch_norms(model, networks, batches.batch(4))
    last = norms[norms["images_seen"] == 32].set_index("loss")["value"].to_dict()
    assert last == pytest.approx(expected)


def test_without_true_counterfactuals_the_experiment_on_images_is_left_out(
    tmp_path: Path, content: dict[str, Any]
) -> None:
    gradients_table = measured(tmp_path, content, with_edits=False)
    assert set(gradients_table["experiment"]) == {"points", "points_at_source", "training"}


def test_settings_without_the_experiments_are_refused(tmp_path: Path, content: dict[str, Any]) -> None:
    del content["gradients"]
    with pytest.raises(BenchError, match="has no section 'gradients'"):
        measured(tmp_path, content)
