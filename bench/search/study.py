"""One search study: a sequence of trials in one journal file that survives SIGKILL at any moment (docs/design.md).

The parameters of a trial are a pure function of (study seed, trial number, finished trials), and they enter the journal
in one record before anything runs. So a study that is killed and started again goes through the same trials as one that
is not: the trial in flight is found with its own parameters, is resumed and told, and is never asked for twice.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import optuna
from optuna.distributions import FloatDistribution
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock, JournalStorage
from optuna.trial import FrozenTrial, TrialState

from bench.errors import BenchError
from bench.method import LossWeight
from bench.settings import Sampler

STUDY_NAME = "study"
# Pruned studies start from the seeds of the others with that sampler: nothing but pruning tells the two apart.
_SAMPLER_CODES: Mapping[Sampler, int] = {"random": 0, "tpe": 1, "tpe_pruned": 1, "default": 2}
ShouldStop = Callable[[int, float], bool]
"""Takes the images that a trial has seen and its quality then; whether the trial ends there."""


@dataclass(frozen=True)
class Proposal:
    """A trial to run: its number from 0, its own seed (31 bits), and its loss weights.

    `should_stop` is there where the study prunes, and is to be asked at growing numbers of images.
    """

    number: int
    seed: int
    weights: Mapping[str, float]
    should_stop: ShouldStop | None = None


@dataclass(frozen=True)
class Completed:
    """A trial that ran to its end; the study maximises `objective`."""

    objective: float
    measures: Mapping[str, float]
    state: ClassVar[TrialState] = TrialState.COMPLETE


@dataclass(frozen=True)
class Failed:
    """A trial without an objective: why, and what was measured of it until then."""

    reason: str
    measures: Mapping[str, float]
    state: ClassVar[TrialState] = TrialState.FAIL


@dataclass(frozen=True)
class Pruned(Failed):
    """A trial that its study ended early."""

    state: ClassVar[TrialState] = TrialState.PRUNED


Outcome = Completed | Failed


@dataclass(frozen=True)
class FinishedTrial:
    """A trial that was told."""

    number: int
    weights: Mapping[str, float]
    outcome: Outcome


Objective = Callable[[Proposal], Outcome]


def study_seed(first: int, sampler: Sampler, study: int) -> int:
    """The seed of study number `study`; equal for every method, so that studies are paired across methods."""
    return _seed(first, _SAMPLER_CODES[sampler], study)


def trial_seed(study: int, trial: int, repeat: int = 0) -> int:
    """The training seed of a trial, and of its repeats on fresh seeds, from the study's seed."""
    return _seed(study, trial, 1 + repeat)


def run_study(
    journal: Path,
    sampler: Sampler,
    searched: Sequence[LossWeight],
    trials: int,
    seed: int,
    objective: Objective,
    startup_trials: int = 4,
    pruning_startup_trials: int = 4,
) -> list[FinishedTrial]:
    """Run `objective` until the journal holds `trials` finished trials; return these, in order of number.

    The caller owns the folder of `journal`: nobody else may write to it meanwhile. A failed trial is kept and counted.
    Sampler `default` searches nothing: all its trials stand at the default weights. An exception of
    `objective` passes through and leaves the trial in flight for the next start.

    `tpe_pruned` is `tpe` that ends a trial whose best quality so far is below the median, at the same number of images,
    of the completed trials, once there are `pruning_startup_trials` of these. (Successive halving promotes one of
    several trials a rung: a study of a dozen leaves it next to nothing to choose from.)
    """
    if not searched:
        raise BenchError("This variant has no loss weight to search. Leave it out of search.arms.")
    distributions = {weight.name: FloatDistribution(weight.low, weight.high, log=True) for weight in searched}
    prunes = sampler == "tpe_pruned"
    study = open_study(journal, optuna.pruners.MedianPruner(pruning_startup_trials) if prunes else None)
    while (number := len(finished := finished_trials(study))) < trials:
        if all(trial.state.is_finished() for trial in study.trials):
            if sampler == "default":
                study.enqueue_trial({weight.name: weight.default for weight in searched})
            else:
                point_seed = _seed(seed, number, 0)
                study.enqueue_trial(propose(study.trials, sampler, distributions, point_seed, startup_trials))
        trial = _in_flight(study, distributions)
        should_stop = _pruning(study, trial) if prunes else None
        outcome = objective(Proposal(trial.number, trial_seed(seed, trial.number), dict(trial.params), should_stop))
        trial.set_user_attr("outcome", asdict(outcome))
        study.tell(trial, outcome.objective if isinstance(outcome, Completed) else None, outcome.state)
    return finished[:trials]


def open_study(journal: Path, pruner: optuna.pruners.BasePruner | None = None) -> optuna.Study:
    """The study in a journal file, made if there is none; without a pruner it prunes nothing.

    Cuts what a killed writer left half-written at its end, and drops its lock: the caller owns the folder.
    """
    journal.parent.mkdir(parents=True, exist_ok=True)
    if journal.exists():
        with journal.open("r+b") as stream:
            stream.truncate(stream.read().rfind(b"\n") + 1)  # a line without its end was never committed
            os.fsync(stream.fileno())
    journal.with_name(journal.name + ".lock").unlink(missing_ok=True)
    try:
        storage = JournalStorage(JournalFileBackend(str(journal), lock_obj=JournalFileOpenLock(str(journal))))
        return optuna.create_study(
            storage=storage,
            study_name=STUDY_NAME,
            direction="maximize",
            load_if_exists=True,
            sampler=optuna.samplers.RandomSampler(seed=0),  # never asked: every trial is enqueued with its parameters
            pruner=pruner or optuna.pruners.NopPruner(),
        )
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise BenchError(
            f"The journal {journal} is damaged inside ({error!r}). Delete it and start again: the study begins anew."
        ) from None


def finished_trials(study: optuna.Study) -> list[FinishedTrial]:
    """The finished trials of a study, in order of number; read from the journal."""
    kinds = {kind.state: kind for kind in (Completed, Failed, Pruned)}
    return [
        FinishedTrial(trial.number, dict(trial.params), kinds[trial.state](**trial.user_attrs["outcome"]))
        for trial in study.trials
        if trial.state.is_finished()
    ]


def propose(
    history: Sequence[FrozenTrial],
    sampler: Sampler,
    distributions: Mapping[str, FloatDistribution],
    seed: int,
    startup_trials: int,
) -> dict[str, float]:
    """The parameters that a fresh sampler of that seed draws after `history`; `random` never looks at it."""
    scratch = optuna.create_study(direction="maximize", sampler=_sampler(sampler, seed, startup_trials))
    if sampler != "random":
        scratch.add_trials([trial for trial in history if trial.state.is_finished()])
    return dict(scratch.ask(dict(distributions)).params)


def _sampler(name: Sampler, seed: int, startup_trials: int) -> optuna.samplers.BaseSampler:
    if name == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    return optuna.samplers.TPESampler(
        seed=seed,
        n_startup_trials=startup_trials,
        n_ei_candidates=24,
        multivariate=True,
        group=False,  # one fixed space: there is nothing to group
        constant_liar=False,  # sequential: no trial runs beside the one that is asked for
    )


def _in_flight(study: optuna.Study, distributions: Mapping[str, FloatDistribution]) -> optuna.Trial:
    """The one unfinished trial, with every parameter set: resumed if it was running, else begun now."""
    running = [trial for trial in study.trials if trial.state == TrialState.RUNNING]
    if not running:
        return study.ask(dict(distributions))
    trial = optuna.Trial(study, running[0]._trial_id)
    for name, distribution in distributions.items():
        trial.suggest_float(name, distribution.low, distribution.high, log=distribution.log)
    return trial


def _pruning(study: optuna.Study, trial: optuna.Trial) -> ShouldStop:
    """Reports to the pruner, and asks it; what was reported before a restart is neither repeated nor judged anew."""

    def should_stop(images: int, quality: float) -> bool:
        reported = study.trials[trial.number].intermediate_values
        if any(later > images for later in reported):
            return False  # the trial went on from here before it was killed
        if images not in reported:
            trial.report(quality, images)
        return trial.should_prune()

    return should_stop


def _seed(*words: int) -> int:
    return int(np.random.SeedSequence(words).generate_state(1)[0] >> 1)
