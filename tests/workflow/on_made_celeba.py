"""The weekend tier, config/celeba_weekend.yaml, in miniature on a made CelebA: download, search, trainings, report."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from bench.analysis.claims import IMPOSSIBLE
from bench.data.celeba import CELEBA, MIRROR_VARIABLE
from bench.data.drawn.dataset import draw_dataset
from bench.settings import DataSettings
from tests import ROOT
from tests.support.file_server import QUOTA_PAGE, serving
from tests.workflow.test_smoke import FOLDERS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def miniature(tier: Path) -> dict[str, Any]:
    """The settings of a tier with its arms, finals and claims, each at its smallest: one seed, two trials per arm."""
    settings: dict[str, Any] = yaml.safe_load(tier.read_text(encoding="utf-8"))
    settings["data"] |= {"image_size_px": 16, "judges_share": 0.5}
    settings["networks"] = {"generator_channels": 4, "residual_blocks": 1, "discriminator_channels": 4}
    settings["training"] |= {
        "budget_kimg": 0.48, "batch_size": 8, "ema_half_life_kimg": 0.016, "evaluations": 1, "evaluation_images": 16,
    }  # fmt: skip
    settings["judges"] = {"channels": 4, "epochs": 1, "batch_size": 16}
    settings["scoring"] |= {"images": 16, "extractors": ["judge"]}
    settings["search"] |= {
        "samplers": {"random": {"studies": 1, "trials": 2}, "default": {"studies": 1, "trials": 1}},
        "budget_kimg": 0.048, "evaluation_images": 16, "pilot_seeds": 1,
    }  # fmt: skip
    for final in settings["finals"]:
        final["seeds"] = [1]
        if "budget_kimg" in final:
            final["budget_kimg"] = 0.048
    settings["speed"] |= {"processes": 1, "blocks": 2, "steps": 1, "attributes": [5, 7, 40]}
    settings["gradients"] |= {"point_seeds": 4, "distances": [0, 4], "point_steps": 10, "discriminator_steps": 2}
    return settings


def start(checkout: Path, address: str) -> subprocess.CompletedProcess[str]:
    """Run the miniature, with the CelebA of the server at `address`."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "workflow/run.py", "--configfile", "weekend.yaml"],
        cwd=checkout, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        env=inherited | {MIRROR_VARIABLE: address, "BENCH_WITHOUT_GPU": "1", "no_proxy": "127.0.0.1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """By name, the archive and the lists of 96 drawn faces in CelebA's shape, as a mirror serves them."""
    folder = tmp_path_factory.mktemp("release")
    settings = {
        "source": "drawn",
        "drawn": {"train": 64, "valid": 16, "test": 16, "seed": 5},
        "attributes": ["Smiling"],
    }
    draw_dataset(folder, DataSettings.model_validate(settings | {"image_size_px": 16}), 1)
    with zipfile.ZipFile(folder / CELEBA.images.name, "w") as archive:
        for image in sorted((folder / "img_align_celeba").iterdir()):
            archive.write(image, f"img_align_celeba/{image.name}")
    names = (CELEBA.images.name, CELEBA.attributes.name, CELEBA.partition.name)
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, release: dict[str, bytes]) -> Path:
    """A copy of the checkout that takes the made release for the official one, with the miniature's settings."""
    folder = tmp_path_factory.mktemp("weekend") / "checkout"
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Snakefile", folder)
    source = folder / "bench" / "data" / "celeba.py"
    text = source.read_text(encoding="utf-8")
    for remote in (CELEBA.images, CELEBA.attributes, CELEBA.partition):
        text = text.replace(remote.md5, hashlib.md5(release[remote.name]).hexdigest())
    source.write_text(text, encoding="utf-8")
    settings = miniature(ROOT / "config" / "celeba_weekend.yaml")
    (folder / "weekend.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return folder


def test_a_made_celeba_goes_from_the_mirror_to_a_judged_report(checkout: Path, release: dict[str, bytes]) -> None:
    with serving(release | {CELEBA.images.name: QUOTA_PAGE}) as server:
        refused = start(checkout, server.address)
        assert refused.returncode != 0
        assert "quota" in refused.stdout
        server.files[CELEBA.images.name] = release[CELEBA.images.name]
        finished = start(checkout, server.address)
    assert finished.returncode == 0, finished.stdout
    run = checkout / "results" / "celeba_weekend"
    claims = pd.read_csv(run / "tables" / "claims.csv").set_index("claim")["verdict"]
    parts = pd.read_csv(run / "tables" / "claim_parts.csv")
    assert list(claims.index) == [f"C{number}" for number in range(1, 8)]
    on_images = parts[(parts["claim"] == "C1") & parts["measure"].str.contains("image") & parts["judged"]]
    assert set(on_images["verdict"]) == {IMPOSSIBLE}
    page = (run / "report" / "index.html").read_text(encoding="utf-8")
    assert "cannot be tested" in page
    weights = pd.read_json(run / "models" / "stargan_baseline.published__published_weights.seed1.json", typ="series")
    assert weights["weights"] == {"lambda_adv": 1.0, "lambda_cls": 1.0, "lambda_rec": 10.0, "lambda_gp": 10.0}
