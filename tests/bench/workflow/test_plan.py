"""A plan counts the workflow's own jobs, prices them by measured steps, and is printed before anything runs."""

import argparse
import re
from pathlib import Path
from typing import Any

import pytest
import torch

from bench.commands import plan
from bench.errors import BenchError
from bench.experiments.step_timer import Bench, Case
from bench.settings import Settings, load_settings, parse_settings
from bench.workflow import job_costs, step_prices
from bench.workflow.dag import Dag
from bench.workflow.job_costs import PricedJob, wall_seconds
from tests import ROOT
from tests.support.celeba_shaped import names_of, random_labels, write_lists
from tests.support.made_pools import speed

CONFIGS = ROOT / "config"


def settings_of(name: str) -> Settings:
    return load_settings(CONFIGS / f"{name}.yaml")


@pytest.fixture
def small(smoke_content: dict[str, Any]) -> Settings:
    """A few jobs of every rule but the gradient experiments."""
    smoke_content["gradients"] = None
    return parse_settings(smoke_content, "smoke")


def jobs(config: Settings, seconds: float = 0.1) -> list[PricedJob]:
    return job_costs.priced(config, dict.fromkeys(job_costs.models(config), seconds))


@pytest.mark.parametrize("name", ["demo", "study", "config"])
def test_the_planned_jobs_are_those_of_the_workflow(name: str) -> None:
    config = settings_of(name)
    dag, planned = Dag(config), jobs(config)
    counts = {rule: sum(job.rule == rule for job in planned) for rule in ("search", "train", "score", "plot")}
    assert counts == {
        "search": len(dag.trial_tables), "train": len(dag.curve_tables), "score": len(dag.trainings),
        "plot": len(dag.plots),
    }  # fmt: skip
    names = [job.name for job in planned]
    assert len(set(names)) == len(names)
    seen: set[str] = set()
    for job in planned:
        assert seen.issuperset(job.after), job
        seen.add(job.name)


def test_dearer_steps_lengthen_trainings_and_searches_only(small: Settings) -> None:
    cheap, dear = ({job.name: job for job in jobs(small, seconds)} for seconds in (0.1, 0.2))
    rules = {job.rule for name, job in dear.items() if job.seconds != cheap[name].seconds}
    assert rules == {"centres", "search", "train", "score", "speed"}
    training = dear["train.acl.plus_mask.seed1"].seconds - cheap["train.acl.plus_mask.seed1"].seconds
    assert training > 0.1 * 1000 * small.training.budget_kimg / small.training.batch_size


def test_the_job_that_times_steps_times_evaluations_too_once_there_are_judges(smoke_content: dict[str, Any]) -> None:
    costs = {}
    for repeats in (1, 4):
        smoke_content["speed"]["evaluation_repeats"] = repeats
        (timing,) = [job for job in jobs(parse_settings(smoke_content, "smoke")) if job.rule == "speed"]
        assert timing.after == ("pack.pack16", "judge.judge_a", "judge.judge_b")
        costs[repeats] = timing.seconds
    edited = 16 * 3  # images, and edits of each
    assert costs[4] - costs[1] == pytest.approx(3 * 2 * edited * job_costs.EDIT_SHARE * 0.1 / 8)


def test_timing_steps_is_priced_as_what_it_took() -> None:
    """27.8 s per process on 2026-11-26, with n_critic 1 and 5, 5 and 40 attributes, and each process's own start."""
    config, milliseconds = settings_of("study_step_costs"), {"published": 40, "plus_attribute_wgangp": 40}
    steps = {model: milliseconds.get(model.partition(".")[2], 66) / 1000 for model in job_costs.models(config)}
    (timing,) = [job for job in job_costs.priced(config, steps) if job.rule == "speed"]
    assert timing.seconds / config.speed.processes == pytest.approx(27.8, rel=0.1)


def test_workers_share_jobs_and_never_beat_the_critical_path() -> None:
    planned = [PricedJob("a", "x", 2.0), *(PricedJob(f"b{place}", "x", 3.0, ("a",)) for place in range(4)),
               PricedJob("c", "x", 1.0, ("b0", "b1", "b2", "b3"))]  # fmt: skip
    assert [wall_seconds(planned, count) for count in (1, 2, 4, 64)] == [15.0, 9.0, 6.0, 6.0]
    assert wall_seconds([*planned, PricedJob("alone", "x", 5.0, alone=True)], 4) == 11.0
    assert wall_seconds([PricedJob("wide", "x", 8.0, cores=4)], 8) == 2.0


def test_the_longest_way_to_the_end_goes_first() -> None:
    planned = [PricedJob("short", "x", 1.0), PricedJob("long", "x", 1.0), PricedJob("tail", "x", 5.0, ("long",))]
    assert wall_seconds(planned, 1) == 7.0
    assert wall_seconds([*planned, PricedJob("other", "x", 5.0)], 2) == 6.0


def test_an_earlier_runs_step_costs_are_taken_and_gaps_are_named(small: Settings, tmp_path: Path) -> None:
    table = tmp_path / "speed.csv"
    speed({"stargan_baseline.lsgan": 80.0, "acl.plus_mask": 90.0}, resolution=16, batch=8, attributes=3).to_csv(
        table, index=False
    )
    costs = step_prices.measured(small, table)
    assert costs.step_seconds["acl.plus_mask"] == pytest.approx(0.09)
    untimed = "stargan_baseline.lsgan_mask"
    assert costs.step_seconds[untimed] == pytest.approx(step_prices.operations(small)[untimed] / costs.flops)
    assert f"priced by their operations: {untimed}" in costs.source
    with pytest.raises(BenchError, match="32 px"):
        step_prices.measured(settings_of("study"), table)
    with pytest.raises(BenchError, match="There is no"):
        step_prices.measured(small, tmp_path / "none.csv")


def test_operations_are_counted_as_a_real_step_does_them(small: Settings) -> None:
    counted = step_prices.operations(small)
    assert set(counted) == set(job_costs.models(small))
    for model in ("stargan_baseline.lsgan_mask", "acl.plus_mask"):
        bench = Bench(Case(model, 16, 8, 3), small, torch.device("cpu"))
        assert counted[model] == pytest.approx(bench.work("iteration")[0] * 1e9, rel=1e-12)


def test_a_calibration_prices_every_variant_by_its_operations(small: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_prices, "TIMED_OPERATIONS", 1e8)
    costs, counted = step_prices.calibrated(small), step_prices.operations(small)
    assert set(costs.step_seconds) == set(job_costs.models(small))
    for model, seconds in costs.step_seconds.items():
        assert seconds * costs.flops == pytest.approx(counted[model])
    assert "acl.plus_mask (8 x 16 px) on this machine's cpu" in costs.source


def test_a_large_step_is_timed_with_fewer_then_smaller_images() -> None:
    most = step_prices.TIMED_OPERATIONS
    case = Case("acl.full", 128, 16, 7)
    assert step_prices.affordable(case, most) == case
    assert step_prices.affordable(case, 4 * most) == Case("acl.full", 128, 4, 7)
    assert step_prices.affordable(case, 50 * most) == Case("acl.full", 64, 1, 7)
    assert step_prices.affordable(case, 1e9 * most) == Case("acl.full", 16, 1, 7)


def test_a_gpu_twice_as_quick_halves_what_networks_compute_and_nothing_else(small: Settings) -> None:
    def seconds(flops: float) -> dict[str, float]:
        costs = dict.fromkeys(job_costs.models(small), 1e12 / flops)
        return {job.name: job.seconds for job in job_costs.priced(small, costs, flops)}

    slow, twice_as_quick, four_times = seconds(1e12), seconds(2e12), seconds(4e12)
    for name in ("judge.judge_a", "train.acl.plus_mask.seed1", "score.acl.plus_mask.seed1", "speed.speed"):
        assert slow[name] - twice_as_quick[name] == pytest.approx(2 * (twice_as_quick[name] - four_times[name]))
        assert slow[name] > twice_as_quick[name]
    assert {name for name in slow if slow[name] == twice_as_quick[name]} >= {
        "faces.faces",
        "pack.pack16",
        "tables.tables",
        "report.report",
    }


def test_gpu_hours_are_those_of_the_rules_that_want_a_gpu() -> None:
    files = sorted((CONFIGS.parent / "workflow" / "rules").glob("*.smk"))
    blocks = "\n".join(file.read_text(encoding="utf-8") for file in files).split("\nrule ")[1:]
    wanting = {block.split(":", 1)[0] for block in blocks if "gpu=1" in block}
    assert wanting == set(job_costs.GPU_RULES)


def test_confirmations_bound_the_hours_from_above(smoke_content: dict[str, Any]) -> None:
    smoke_content["search"]["confirmations"] = 2
    settings = parse_settings(smoke_content, "smoke")
    costs = dict.fromkeys(job_costs.models(settings), 0.1)
    none, every = (
        {job.name: job.seconds for job in job_costs.priced(settings, costs, 1e12, hit_share)}
        for hit_share in (0.0, 1.0)
    )
    searches = [name for name in none if name.startswith("search.")]
    start = job_costs.START_SECONDS
    assert searches
    assert all(every[name] - start == pytest.approx(3 * (none[name] - start)) for name in searches)
    assert {name for name in none if every[name] != none[name]} == set(searches)


def test_a_plan_tells_the_hours_with_hits_and_busy_cores(smoke_content: dict[str, Any]) -> None:
    smoke_content["search"]["confirmations"] = 2
    smoke_content["training"]["budget_kimg"] = smoke_content["search"]["budget_kimg"] = 640.0
    settings = parse_settings(smoke_content, "smoke")
    costs = step_prices.Costs(dict.fromkeys(job_costs.models(settings), 0.1), 1e12, "assumed")
    none, every = (
        sum(job.seconds for job in job_costs.priced(settings, costs.step_seconds, 1e12, share)) / 3600
        for share in (0.0, 1.0)
    )
    hours = none + 0.09 * (every - none)
    (line,) = (line for line in plan.lines(settings, costs) if "trained again" in line)
    assert (
        f"(9% of the trials): {hours:,.1f} core-hours or GPU hours; on busy CPU cores (1.25 times as slow, as in the "
        f"study): {1.25 * hours:,.1f} core-hours." in line
    )
    smoke_content["search"]["confirmations"] = 0
    never = "\n".join(plan.lines(parse_settings(smoke_content, "smoke"), costs))
    assert "On busy CPU cores" in never
    assert "trained again" not in never


def test_a_run_announces_the_hours_that_its_plan_prints(smoke_content: dict[str, Any]) -> None:
    smoke_content["search"]["confirmations"] = 2
    smoke_content["training"]["budget_kimg"] = 640.0  # so that tenths of hours tell
    settings = parse_settings(smoke_content, "smoke")
    announced = step_prices.announcement(settings)
    costs = step_prices.counted(step_prices.operations(settings), step_prices.ASSUMED_FLOPS, "assumed")
    printed = "\n".join(plan.lines(settings, costs))
    (sentence,) = re.findall(r"GPU hours, .*confirmed\.", printed)
    assert announced.startswith(sentence)
    assert "30 TFLOP/s, an assumption" in announced


def test_a_labelled_final_is_priced_as_its_variant(smoke_content: dict[str, Any], tmp_path: Path) -> None:
    smoke_content["finals"].append({"model": "acl.plus_mask__short", "seeds": [1], "budget_kimg": 0.016})
    settings = parse_settings(smoke_content | {"gradients": None}, "smoke")
    counted = step_prices.operations(settings)
    assert counted["acl.plus_mask__short"] == counted["acl.plus_mask"]
    table = tmp_path / "speed.csv"
    times = {"stargan_baseline.lsgan_mask": 80.0, "acl.plus_mask": 40.0}
    speed(times, resolution=16, batch=8, attributes=3).to_csv(table, index=False)
    measured = step_prices.measured(settings, table)
    assert measured.step_seconds["acl.plus_mask__short"] == pytest.approx(0.04)
    assert "not timed" not in measured.source


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(BenchError, match="--tflops is 0"):
        plan.run(
            argparse.Namespace(config=CONFIGS / "demo.yaml", speed=None, no_calibration=False, tflops=0.0, earlier=None)
        )


@pytest.mark.slow
def test_the_documented_hours_of_the_weekend_are_what_the_plan_prints(capsys: pytest.CaptureFixture[str]) -> None:
    readme = (CONFIGS / "README.md").read_text(encoding="utf-8")
    documented = re.search(
        r"python -m bench plan --config config/celeba_weekend.yaml --tflops (\d+)\n```\n+```text\n(.*?)```",
        readme,
        re.S,
    )
    assert documented is not None
    plan.run(
        argparse.Namespace(
            config=CONFIGS / "celeba_weekend.yaml",
            speed=None,
            no_calibration=False,
            tflops=float(documented[1]),
            earlier=None,
        )
    )
    printed = capsys.readouterr().out
    assert documented[2] in printed, f"config/README.md is behind; its table is now, within:\n{printed}"


def test_the_plan_tells_hours_disk_and_the_smallest_effect(capsys: pytest.CaptureFixture[str]) -> None:
    plan.run(
        argparse.Namespace(config=CONFIGS / "study.yaml", speed=None, no_calibration=True, tflops=None, earlier=None)
    )
    printed = capsys.readouterr().out
    for words in ("search          54", "critical path", "\n  64 ", "Disk: ", "base rate 0.05: 2.4 times"):
        assert words in printed, words
    assert "in pairs, 8 seeds each: 1.16 standard deviations" in printed


def test_of_the_translations_only_those_that_are_shown_stay_on_disk(small: Settings) -> None:
    edits, faces, pixels = 4, 24, 16 * 16
    assert job_costs.disk_bytes(small)["translations"] == 3 * faces * edits * 7 * pixels
    assert job_costs.disk_bytes(settings_of("study"))["translations"] < 5e9


def test_disk_grows_with_the_faces(small: Settings) -> None:
    disk, large = job_costs.disk_bytes(small), job_costs.disk_bytes(settings_of("study"))
    assert disk["packed faces"] < large["packed faces"]
    faces, drawn_edits = 96 + 48 + 24, (48 + 24) * 4
    assert disk["faces"] == faces * 6500 + drawn_edits * 7400


def test_a_folder_of_ones_own_is_priced_by_its_images_and_as_celeba_until_it_is_there(
    tmp_path: Path, smoke_content: dict[str, Any]
) -> None:
    smoke_content["data"] = {
        "source": "folder", "folder": str(tmp_path), "image_size_px": 16, "attributes": ["Smiling"],
        "judges_share": 0.5,
    }  # fmt: skip
    absent = smoke_content | {"data": smoke_content["data"] | {"folder": str(tmp_path / "absent")}}
    write_lists(tmp_path, names_of(40), random_labels(40))
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "000001.jpg").touch()
    mine, unknown = (parse_settings(content, "own") for content in (smoke_content, absent))
    assert job_costs.faces(mine) == f"Faces: 28 train, 6 valid, 6 test, in {tmp_path}."
    assert "162,770 train" in job_costs.faces(unknown)
    assert f"There is no folder {tmp_path / 'absent'}" in job_costs.faces(unknown)
    packing, as_celeba = (sum(job.seconds for job in jobs(run) if job.rule == "pack") for run in (mine, unknown))
    assert as_celeba - packing == pytest.approx((202_599 - 40) * job_costs.PACK_SECONDS_PER_IMAGE)
