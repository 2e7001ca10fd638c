"""`train` writes weights, card and curve; the weights come back as they were trained."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from bench import cli, registry
from bench.commands import train
from bench.data.store import Store
from bench.errors import BenchError
from bench.search.best_weights import best_weights
from bench.settings import load_settings
from bench.training import identity, saved_model, steps
from tests.support.made_manifest import write_manifest

MODEL = "acl.plus_mask"
CPU = torch.device("cpu")
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
    return write_manifest(
        tmp_path / "pack.json", digest="noise", attributes=data.attributes, image_size_px=size, edits=[]
    )


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
        translated = loaded.model.translate(loaded.generator, torch.zeros(2, 3, size, size), torch.ones(2, attributes))
    assert translated.image.shape == (2, 3, size, size)
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
    winner_weights = best_weights(MODEL, [tmp_path / "first", tmp_path / "second", tmp_path / "third"])
    assert winner_weights == {"lambda_content": 3.0}
    with pytest.raises(BenchError, match=r"missing cannot be used.*bench winner"):
        best_weights(MODEL, [tmp_path / "missing"])


def test_the_identity_of_a_training_is_all_that_decides_its_result(
    config: Path, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(config)
    stores: dict[int, Store] = {settings.data.image_size_px: Store.open(pack)}
    judge = tmp_path / "judge"
    judge.write_bytes(b"")

    def digest(
        model_id: str = MODEL, weight: float = 1.0, seed: int = 1, judges: tuple[Path, ...] = (), **training: float
    ) -> str:
        changed = settings.model_copy(update={"training": settings.training.model_copy(update=training)})
        model = steps.build_model(changed, model_id, {"lambda_content": weight}, stores)
        return identity.identify(changed, model_id, model, 1, seed, stores, CPU, judges).digest

    assert digest() == digest(checkpoint_seconds=5)
    others = [digest(weight=2.0), digest(learning_rate=2e-4), digest(seed=2), digest("acl.plus_content")]
    assert len({digest(), digest(judges=(judge,)), *others}) == 6
    info, variant = registry.find(MODEL)
    before = digest()
    renamed = replace(variant, label="Another name", summary="Another sentence.")
    monkeypatch.setattr(registry, "find", lambda name: (replace(info, label="Other", colour="#123456"), renamed))
    assert digest() == before


def test_a_size_that_is_not_packed_is_named(config: Path, pack: Path) -> None:
    loaded = load_settings(config)
    with pytest.raises(BenchError, match="None of the packed faces is of"):
        steps.build_model(loaded, MODEL, {}, {8: Store.open(pack)})


def test_weights_without_their_own_card_are_refused(config: Path, pack: Path, tmp_path: Path) -> None:
    assert cli.main(command(config, pack, tmp_path / "a")) == 0
    weights = tmp_path / "a" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(BenchError, match="its SHA-256 is not the one in"):
        saved_model.load(weights)
    with pytest.raises(BenchError, match=r"missing\.json cannot be used"):
        saved_model.load(tmp_path / "missing.safetensors")
