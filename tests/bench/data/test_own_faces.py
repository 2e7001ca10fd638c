"""Faces of one's own, of other size and format and without a partition, go the way of CelebA, command by command."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from bench import cli
from tests.support.celeba_shaped import make_folder


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "size"), [(".png", (40, 48)), (".jpg", (96, 80))])
def test_a_folder_of_ones_own_is_packed_judged_and_trained_on(
    smoke_content: dict[str, Any], tmp_path: Path, suffix: str, size: tuple[int, int]
) -> None:
    folder = make_folder(tmp_path / "mine", count=120, suffix=suffix, size=size)
    (folder / "list_eval_partition.txt").unlink()
    smoke_content["data"] |= {"source": "folder", "folder": str(folder), "drawn": None, "crop_px": 40,
                              "attributes": ["Black_Hair", "Smiling"], "combined_edits": []}  # fmt: skip
    smoke_content["results"] = str(tmp_path)
    config = tmp_path / "mine.yaml"
    config.write_text(yaml.safe_dump(smoke_content), encoding="utf-8")
    manifest, pack, model, curve = (tmp_path / name for name in ("faces.json", "pack.json", "m.safetensors", "m.csv"))
    judges = [tmp_path / f"judge_{name}.safetensors" for name in "ab"]

    def bench(command: str, *arguments: str | Path) -> None:
        assert cli.main([command, "--config", str(config), *map(str, arguments)]) == 0

    bench("faces", "--output", manifest)
    bench("pack", "--faces", manifest, "--size", "16", "--output", pack)
    for name, judge in zip("ab", judges, strict=True):
        bench("judge", "--pack", pack, "--judge", name, "--output", judge)
    bench("train", "--model", "acl.plus_mask", "--seed", "1", "--pack", pack, "--judges", *judges, "--output", model,
          "--curve", curve)  # fmt: skip

    card = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
    assert card["problem"]["attributes"] == ["Black_Hair", "Smiling"]
    assert card["images_seen"] == 64
    assert set(pd.read_csv(curve)["metric"]) >= {"attribute_accuracy", "background_error"}
    assert "seed 1" in json.loads(pack.read_text(encoding="utf-8"))["partition"]
