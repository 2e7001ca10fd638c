"""Every stage of a tiny run in this process, by its commands: prints the SHA-256 of what each leaves, as JSON.

Libraries choose their kernels once a process, so it is imported in a process of its own, after `kernels.pin()`.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import yaml

from bench import cli
from bench.settings import load_settings
from bench.settings.paths import RunPaths
from tests import ROOT

MODEL, STEPS = "acl.plus_mask", 20


def main(folder: Path) -> None:
    """Run the stages in `folder` and print the digests."""
    content = yaml.safe_load((ROOT / "tests" / "config" / "smoke.yaml").read_text(encoding="utf-8"))
    content["data"]["drawn"] |= {"train": 48, "valid": 10, "test": 2}
    content["networks"] = {"generator_channels": 8, "residual_blocks": 1, "discriminator_channels": 8}
    content["training"] |= {"evaluations": 0, "device": "cpu", "budget_kimg": STEPS * 8 / 1000}
    content["judges"] = {"channels": 8, "epochs": 2, "batch_size": 8}
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(content | {"results": str(folder)}), encoding="utf-8")
    paths = RunPaths(load_settings(config).folder)
    pack, judges = paths.pack(16), [paths.judge(name) for name in "ab"]
    weights, scores, shown = paths.weights(MODEL, 1), paths.scores(MODEL, 1), paths.translations(MODEL, 1)

    def command(name: object, *arguments: object) -> None:
        assert cli.main([str(name), "--config", str(config), *map(str, arguments)]) == 0

    command("faces", "--jobs", 1, "--output", paths.faces)
    command("pack", "--faces", paths.faces, "--size", 16, "--jobs", 1, "--output", pack)
    for name, judge in zip("ab", judges, strict=True):
        command("judge", "--pack", pack, "--judge", name, "--output", judge)
    command("train", "--model", MODEL, "--seed", 1, "--pack", pack, "--output", weights, "--curve", folder / "curve")
    command(
        *("score", "--model", weights, "--pack", pack, "--judges", *judges),
        *("--output", scores, "--shown", shown),
    )
    digests = {
        "faces": digest(sorted(file for file in paths.faces.with_suffix("").rglob("*") if file.is_file())),
        "pack": digest(sorted(pack.with_suffix("").glob("*.npy"))),
        "judge": digest(judges),
        "train": digest([weights]),
        "translate": digest([shown]),
        "score": digest([scores]),
    }
    print(json.dumps(digests))


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over the content of files."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
