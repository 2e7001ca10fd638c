"""`train` writes weights, card and curve; the weights come back as they were trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from bench import cli
from bench.commands import train
from bench.data.store import Store
from bench.errors import BenchError
from bench.search import winner
from bench.settings import load_settings
from bench.training import recipe, saved_model

MODEL = "acl.plus_mask"
FACES = 24


@pytest.fixture
def config(smoke_content: dict[str, Any], tmp_path: Path) -> Path:
    smoke_content["training"] |= {"budget_kimg": 0.032, "batch_size": 8, "device": "cpu"}
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(smoke_content | {"results": str(tmp_path / "results")}))
    return file


@pytest.fixture
def pack(config: Path, tmp_path: Path) -> Path:
    """A packed store of noise."""
    data = load_settings(config).data
    random = np.random.default_rng(0)
    arrays = tmp_path / "pack"
    arrays.mkdir()
    size = data.image_size_px
    np.save(arrays / "train.images.npy", random.integers(0, 256, (FACES, size, size, 3), dtype=np.uint8))
    np.save(arrays / "train.labels.npy", random.random((FACES, len(data.attributes))) < 0.5)
    np.save(arrays / "train.names.npy", np.array([f"{row}.jpg" for row in range(FACES)]))
    manifest = tmp_path / "pack.json"
    content: dict[str, object] = {"digest": "noise", "attributes": data.attributes, "image_size_px": size, "edits": []}
    manifest.write_text(json.dumps(content))
    return manifest


def command(config: Path, pack: Path, folder: Path, *more: str) -> list[str]:
    return [
        *("train", "--config", str(config), "--model", MODEL, "--seed", "4", "--pack", str(pack), *more),
        *("--output", str(folder / "model.safetensors"), "--curve", str(folder / "curve.csv")),
    ]


def test_the_trained_model_comes_back_with_its_card(config: Path, pack: Path, tmp_path: Path) -> None:
    assert cli.main(command(config, pack, tmp_path / "a")) == 0
    loaded = saved_model.load(tmp_path / "a" / "model.safetensors")
    assert (loaded.card["model"], loaded.card["seed"], loaded.card["images_seen"]) == (MODEL, 4, 32)
    assert loaded.card["data_digest"] == "noise"
    attributes = len(loaded.model.problem.attributes)
    size = loaded.model.problem.image_size_px
    with torch.no_grad():
        made = loaded.model.translate(loaded.generator, torch.zeros(2, 3, size, size), torch.ones(2, attributes))
    assert made.image.shape == (2, 3, size, size)
    assert tuple(pd.read_csv(tmp_path / "a" / "curve.csv").columns) == train.CURVE_COLUMNS


def test_deleted_outputs_come_back_from_the_working_folder_bit_for_bit(
    config: Path, pack: Path, tmp_path: Path
) -> None:
    assert cli.main(command(config, pack, tmp_path / "a")) == 0
    first = (tmp_path / "a" / "model.safetensors").read_bytes()
    card = json.loads((tmp_path / "a" / "model.json").read_text())
    (tmp_path / "a" / "model.safetensors").unlink()
    assert cli.main(command(config, pack, tmp_path / "a")) == 0
    assert (tmp_path / "a" / "model.safetensors").read_bytes() == first
    assert json.loads((tmp_path / "a" / "model.json").read_text()) == card


def test_the_first_winner_that_has_a_weight_gives_it(tmp_path: Path) -> None:
    for name, weights in {
        "first": {"lambda_other": 1.0},
        "second": {"lambda_content": 3.0},
        "third": {"lambda_content": 4.0},
    }.items():
        (tmp_path / name).write_text(json.dumps({"weights": weights}))
    found = winner.best_weights(MODEL, [tmp_path / "first", tmp_path / "second", tmp_path / "third"])
    assert found == {"lambda_content": 3.0}
    with pytest.raises(BenchError, match="holds no best weights"):
        winner.best_weights(MODEL, [tmp_path / "missing"])


def test_the_working_folder_is_named_by_all_that_decides_the_result(config: Path, pack: Path) -> None:
    loaded = load_settings(config)
    stores: dict[int, Store] = {loaded.data.image_size_px: Store.open(pack)}

    def key(model_id: str = MODEL, weight: float = 1.0, rate: float = 1e-3, seconds: float = 60, seed: int = 1) -> str:
        model = recipe.build_model(loaded, model_id, {"lambda_content": weight}, stores)
        training = loaded.training.model_copy(update={"learning_rate": rate, "checkpoint_seconds": seconds})
        return recipe.work_key(model_id, model, training, 1000, seed, stores)

    assert key() == key(seconds=5)
    others = {key(), key(weight=2.0), key(rate=1e-4), key(seed=2), key("acl.plus_content")}
    assert len(others) == 5


def test_a_curve_is_that_of_the_metrics_as_they_are_now(
    config: Path, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_settings(config)
    stores: dict[int, Store] = {loaded.data.image_size_px: Store.open(pack)}
    model = recipe.build_model(loaded, MODEL, {}, stores)
    judge = tmp_path / "judge"
    judge.write_bytes(b"")

    def keys() -> list[str]:
        return [recipe.work_key(MODEL, model, loaded.training, 1000, 1, stores, who) for who in ((judge,), ())]

    before = keys()
    digest = recipe.source_digest
    monkeypatch.setattr(
        recipe, "source_digest", lambda *names: digest(*names) + ("x" if "bench.metrics" in names else "")
    )
    after = keys()
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_size_that_is_not_packed_is_named(config: Path, pack: Path) -> None:
    loaded = load_settings(config)
    with pytest.raises(BenchError, match="None of the packed faces is of"):
        recipe.build_model(loaded, MODEL, {}, {8: Store.open(pack)})


def test_weights_without_their_own_card_are_refused(config: Path, pack: Path, tmp_path: Path) -> None:
    assert cli.main(command(config, pack, tmp_path / "a")) == 0
    weights = tmp_path / "a" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(BenchError, match="do not belong together"):
        saved_model.load(weights)
    with pytest.raises(BenchError, match="is no trained model"):
        saved_model.load(tmp_path / "missing.safetensors")
