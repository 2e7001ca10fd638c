"""A study goes through the same trials however often it is killed."""

import math
import signal
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.method import LossWeight
from bench.search import study
from bench.settings import Sampler

SEARCHED = (LossWeight("lambda_a", 1.0, 0.1, 10.0), LossWeight("lambda_b", 10.0, 1.0, 100.0))
SAMPLERS: tuple[Sampler, ...] = ("random", "tpe", "tpe_pruned")


def bowl(proposal: study.Proposal) -> study.Outcome:
    """Best at the defaults, in whole and at each look; trial 2 diverges."""
    if proposal.number == 2:
        return study.Failed("term classification is NaN at step 3", {"steps": 3})
    loss = sum(math.log(proposal.weights[weight.name] / weight.default) ** 2 for weight in SEARCHED)
    for images in (100, 200, 300):
        if proposal.should_stop is not None and proposal.should_stop(images, -loss * 400 / images):
            return study.Pruned("pruned", {"steps": images})
    return study.Completed(-loss, {"steps": proposal.seed % 7})


def objectives(trials: list[study.FinishedTrial]) -> list[float]:
    return [trial.outcome.objective for trial in trials if isinstance(trial.outcome, study.Completed)]


def run(journal: Path, sampler: Sampler, trials: int = 8) -> list[study.FinishedTrial]:
    return study.run_study(journal, sampler, SEARCHED, trials, study.study_seed(1, sampler, 0), bowl, 3, 2)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_study_cut_at_any_record_or_inside_one_ends_as_the_uninterrupted_one(
    tmp_path: Path, sampler: Sampler
) -> None:
    whole = run(tmp_path / "whole.journal", sampler, 5)
    content = (tmp_path / "whole.journal").read_bytes()
    ends = [index + 1 for index, byte in enumerate(content) if byte == ord("\n")]
    for number, end in enumerate(ends):
        for torn in (0, 17):
            journal = tmp_path / f"cut{number}.{torn}.journal"
            journal.write_bytes(content[: end + torn])
            assert run(journal, sampler, 5) == whole, f"cut {torn} bytes after record {number}"


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_extending_a_study_equals_running_it_at_once(tmp_path: Path, sampler: Sampler) -> None:
    run(tmp_path / "pieces.journal", sampler, 3)
    assert run(tmp_path / "pieces.journal", sampler, 8) == run(tmp_path / "once.journal", sampler, 8)


def test_a_failed_trial_is_kept_counted_and_explained(tmp_path: Path) -> None:
    trials = run(tmp_path / "study.journal", "tpe")
    assert [trial.number for trial in trials] == list(range(8))
    assert trials[2].outcome == study.Failed("term classification is NaN at step 3", {"steps": 3})


def test_no_point_is_repeated_and_every_trial_trains_on_its_own_seed(tmp_path: Path) -> None:
    trials = run(tmp_path / "study.journal", "tpe", 12)
    assert len({tuple(trial.weights.values()) for trial in trials}) == 12
    seeds = [study.trial_seed(5, trial, repeat) for trial in range(50) for repeat in range(3)]
    assert len(set(seeds)) == len(seeds)


def test_studies_are_paired_across_methods_and_differ_within_one() -> None:
    assert study.study_seed(1, "random", 0) == study.study_seed(1, "random", 0)
    seeds = {study.study_seed(1, sampler, number) for sampler in ("random", "tpe") for number in range(20)}
    assert len(seeds) == 40


def test_a_pruned_study_is_the_plain_one_until_it_ends_a_trial_that_is_below_the_median(tmp_path: Path) -> None:
    plain, pruned = (run(tmp_path / f"{sampler}.journal", sampler, 12) for sampler in ("tpe", "tpe_pruned"))
    first = next(trial.number for trial in pruned if isinstance(trial.outcome, study.Pruned))
    assert 3 <= first < 12  # two completed ones, and the one that diverged, come first
    assert pruned[:first] == plain[:first]
    assert pruned[first].weights == plain[first].weights
    before = sorted(objectives(plain[:first]))
    (unpruned,) = objectives(plain[first : first + 1])
    assert unpruned < statistics.median(before)
    assert pruned[first].outcome == study.Pruned("pruned", {"steps": 100})


def test_only_studies_that_prune_are_asked_whether_to_go_on(tmp_path: Path) -> None:
    asked: dict[str, bool] = {}

    def objective(proposal: study.Proposal) -> study.Outcome:
        asked[sampler] = proposal.should_stop is not None
        return study.Completed(0.0, {})

    for sampler in (*SAMPLERS, "default"):
        study.run_study(tmp_path / f"{sampler}.journal", sampler, SEARCHED, 1, 1, objective)
    assert asked == {"random": False, "tpe": False, "tpe_pruned": True, "default": False}


def test_a_trial_that_went_on_from_a_look_before_it_was_killed_goes_on_from_it_again(tmp_path: Path) -> None:
    journal = tmp_path / "study.journal"

    def killed(proposal: study.Proposal) -> study.Outcome:
        assert proposal.should_stop is not None
        if proposal.number < 2:
            return study.Completed(0.0, {}) if not proposal.should_stop(100, 0.5) else pytest.fail("pruned too early")
        assert not proposal.should_stop(100, 0.6)
        proposal.should_stop(200, 0.7)
        raise KeyboardInterrupt

    def resumed(proposal: study.Proposal) -> study.Outcome:
        assert proposal.should_stop is not None
        assert not proposal.should_stop(100, -9.0)  # not judged again
        assert not proposal.should_stop(200, 0.7)
        return study.Completed(0.7, {})

    with pytest.raises(KeyboardInterrupt):
        study.run_study(journal, "tpe_pruned", SEARCHED, 3, 1, killed, pruning_startup_trials=2)
    trials = study.run_study(journal, "tpe_pruned", SEARCHED, 3, 1, resumed, pruning_startup_trials=2)
    assert len(objectives(trials)) == 3


def test_the_random_pool_is_log_uniform_and_blind_to_outcomes(tmp_path: Path) -> None:
    trials = run(tmp_path / "pool.journal", "random", 80)
    shares = [math.log10(trial.weights["lambda_a"] / 0.1) / 2 for trial in trials]
    assert all(0 <= share <= 1 for share in shares)
    counts = [sum(low <= share < low + 0.25 for share in shares) for low in (0, 0.25, 0.5, 0.75)]
    assert max(counts) < 34
    assert min(counts) > 8
    flat = study.run_study(
        tmp_path / "flat.journal", "random", SEARCHED, 20, study.study_seed(1, "random", 0),
        lambda proposal: study.Completed(0.0, {}),
    )  # fmt: skip
    assert [trial.weights for trial in flat] == [trial.weights for trial in trials[:20]]


def test_the_default_sampler_trains_at_the_default_weights_each_time_on_a_seed_of_its_own(tmp_path: Path) -> None:
    trials = run(tmp_path / "default.journal", "default", 4)
    assert all(dict(trial.weights) == {"lambda_a": 1.0, "lambda_b": 10.0} for trial in trials)
    assert len({study.trial_seed(study.study_seed(1, "default", 0), trial.number) for trial in trials}) == 4
    assert len({study.study_seed(1, sampler, 0) for sampler in (*SAMPLERS, "default")}) == 3


def test_tpe_beats_random_on_a_smooth_bowl(tmp_path: Path) -> None:
    def late_mean(sampler: Sampler) -> float:
        return sum(objectives(run(tmp_path / f"{sampler}.journal", sampler, 30)[10:])) / 20

    assert late_mean("tpe") > late_mean("random")


def test_a_variant_without_searched_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="no loss weight to search"):
        study.run_study(tmp_path / "study.journal", "random", (), 1, 1, bowl)


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.bench.search import test_study as case
from bench.search import study
folder, kill_at, when = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

def objective(proposal):
    with (folder / "calls.txt").open("a") as calls:
        calls.write(f"{proposal.number}\\n")
    if proposal.number == kill_at and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    outcome = case.bowl(proposal)
    if proposal.number == kill_at and when == "telling":
        append = study.JournalFileBackend.append_logs
        def torn(self, logs):
            with open(self._file_path, "ab") as stream:
                stream.write(b'{"op_code":8,"torn')
            open(self._file_path + ".lock", "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        study.JournalFileBackend.append_logs = torn
    return outcome

study.run_study(folder / "study.journal", "tpe", case.SEARCHED, 8, study.study_seed(1, "tpe", 0), objective, 3, 2)
"""


@pytest.mark.slow
def test_sigkill_loses_no_trial_counts_none_twice_and_repeats_no_point(tmp_path: Path) -> None:
    for point, when in (("1", "before"), ("3", "telling"), ("6", "before"), ("6", "telling")):
        command = [sys.executable, "-c", KILLED, str(tmp_path), point, when]
        assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
    assert run(tmp_path / "study.journal", "tpe") == run(tmp_path / "whole.journal", "tpe")
    calls = [int(line) for line in (tmp_path / "calls.txt").read_text().split()]
    assert calls == [0, 1, 1, 2, 3, 3, 4, 5, 6, 6]  # only a trial in flight is begun again
