"""Profiles: as many GPU jobs at a time as there are GPUs; every rule that wants a GPU asks Slurm for it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import ROOT

RULES = "\n".join(file.read_text(encoding="utf-8") for file in sorted(ROOT.glob("workflow/rules/*.smk")))
WANT_A_GPU = {block.split(":", 1)[0] for block in RULES.split("\nrule ")[1:] if "gpu=1" in block}


@pytest.mark.parametrize(
    ("visible", "shares", "gpus"), [("", "1", 0), ("0", "1", 1), ("0,1", "1", 2), ("-1", "1", 0), ("0,1", "3", 6)]
)
def test_the_default_profile_limits_jobs_to_the_gpus_that_are_visible(visible: str, shares: str, gpus: int) -> None:
    program = (
        "from snakemake.profiles import ProfileConfigFileParser as Parser\n"
        f"print(Parser().parse(open({str(ROOT / 'profiles' / 'default' / 'config.yaml')!r}))['resources'])"
    )
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={"CUDA_VISIBLE_DEVICES": visible, "BENCH_JOBS_PER_GPU": shares},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == f"['gpu={gpus}']"


def test_every_rule_that_wants_a_card_asks_slurm_for_it() -> None:
    profile = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text(encoding="utf-8"))
    asked = {rule for rule, resources in profile["set-resources"].items() if "gpu" in resources}
    assert asked == WANT_A_GPU


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "fault"), [("bfloat16", ""), ("float8", "training.precision")])
def test_a_profile_chooses_precision_and_compilation(tmp_path: Path, precision: str, fault: str) -> None:
    training = f"{{precision: {precision}, compile: true}}"
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"cores": 1, "config": {"training": training}}))
    command = [sys.executable, "-m", "snakemake", "-n", "--snakefile", str(ROOT / "Snakefile"), "--workflow-profile"]
    command += [str(tmp_path), "--configfile", str(ROOT / "tests" / "config" / "smoke.yaml")]
    planned = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert planned.returncode == (1 if fault else 0), planned.stderr
    assert fault in planned.stdout + planned.stderr


def test_profiles_name_only_rules_that_exist() -> None:
    profile = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text(encoding="utf-8"))
    rules = set(re.findall(r"^rule (\w+):", RULES, re.MULTILINE))
    assert {*profile["set-resources"], *profile["set-threads"]} <= rules


def test_every_rule_names_log_threads_memory_runtime_and_environment() -> None:
    for block in RULES.split("\nrule ")[1:]:
        for part in ("log:", "threads:", "mem_mb=", "runtime=", "conda:", "digest=", "output:"):
            assert part in block, f"{block.split(':', 1)[0]} lacks {part}"
