"""One trial of a study: train with proposed weights, evaluate, confirm a hit; and its row in the table."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import optuna
import pandas as pd
import torch

from bench.data.store import Store, open_stores
from bench.evaluation.evaluator import Evaluator, trial_evaluator
from bench.method import LossWeight, Translator
from bench.runtime.digest import source_digest, value_digest
from bench.search import spaces, study, trial_table
from bench.search.study import ShouldStop
from bench.settings import Sampler, Settings
from bench.settings.sections import ANALYSIS_KEYS, HIT_KEYS, MAIN, RANGE_KEYS
from bench.training import device as devices
from bench.training.checkpoint import SUFFIX
from bench.training.identity import TrainingIdentity, planned
from bench.training.loss_log import DivergedError
from bench.training.schedule import steps_of
from bench.training.steps import build_model
from bench.training.trainer import train


@dataclass
class Watch:
    """Looks at one training of `budget_images`; `stopped` once `should_stop` has ended it."""

    evaluator: Evaluator
    budget_images: int
    should_stop: ShouldStop
    stopped: bool = False

    def evaluate(self, translator: Translator, images_seen: int) -> Mapping[str, float]:
        """What a look measures, for the training's curve; nothing at the end, where every trial is evaluated."""
        if images_seen >= self.budget_images:
            return {}
        started = time.monotonic()
        quality = self.evaluator.quick(self.evaluator.translate(translator))["quality"]
        self.stopped = self.should_stop(images_seen, quality)
        return {"quality": quality, "eval_seconds": time.monotonic() - started}


@dataclass(frozen=True)
class TrialTrainer:
    """Trains and evaluates the trials of one study; called with a proposal, returns what came of it.

    A trial that reaches the lowest target is trained again on `search.confirmations` fresh seeds. What the sampler is
    told is the quality on the trial's own seed, with or without confirmations.
    """

    settings: Settings
    model_id: str
    label: str
    stores: Mapping[int, Store]
    evaluator: Evaluator
    device: torch.device
    key: str
    work: Path
    plan: TrainingIdentity

    @classmethod
    def open(
        cls, settings: Settings, model_id: str, label: str, packs: Sequence[Path], judges: tuple[Path, Path], box: str
    ) -> TrialTrainer:
        """The trainer of the study `label`; its working folder is keyed by all that its trials depend on.

        `box` tells the ranges that they are drawn from.
        """
        stores = open_stores(packs)
        device = devices.claim(settings.training.device)
        devices.prepare(device)
        identity = planned(settings, model_id, settings.search.budget_kimg)
        key = trial_key(settings, identity.of_run({}, None, stores, judges, device), box)
        evaluator = trial_evaluator(settings, stores[settings.data.image_size_px], judges, device)
        work = settings.paths.work / "searches" / f"{label}.{key}"
        return cls(settings, model_id, label, stores, evaluator, device, key, work, identity)

    def __call__(self, proposal: study.Proposal) -> study.Outcome:
        """Train, evaluate and, where it hits, confirm one trial."""
        self.remove_checkpoints(but=proposal.number)
        search = self.settings.search
        stop = proposal.should_stop
        watch = None if stop is None else Watch(self.evaluator, round(1000 * search.budget_kimg), stop)
        outcome = self._measure(proposal, 0, watch)
        if not isinstance(outcome, study.Completed):
            return outcome
        repeats = []
        if search.confirmations and trial_table.reaches(outcome.measures, min(search.targets), search):
            repeats = [self._measure(proposal, repeat).measures for repeat in range(1, search.confirmations + 1)]
        return replace(outcome, measures={**outcome.measures, **trial_table.confirmed(outcome.measures, repeats)})

    def remove_checkpoints(self, but: int | None = None) -> None:
        """Remove the checkpoints of all trials but one; told trials need none. Logs stay."""
        for file in self.work.glob(f"trial*/*{SUFFIX}"):
            if but is None or not file.parent.name.startswith(_folder(but)):
                file.unlink()

    def table(
        self,
        sampler: Sampler,
        number: int,
        searched: Sequence[LossWeight],
        finished: Sequence[study.FinishedTrial],
        space: str = MAIN,
    ) -> pd.DataFrame:
        """The rows of a study for tables/search.csv; weights of other variants are blank."""
        method, _, variant = self.model_id.partition(".")
        head = {
            "method": method, "variant": variant, "sampler": sampler, "study": number, "range_shift": 0.0,
            "dimension": len(searched), "split": "valid", "space": space, "device": self.device.type, "key": self.key,
        }  # fmt: skip
        if sampler != "default":
            head |= {
                "range_shift": spaces.shift_decades(searched), "width_decades": spaces.width_decades(searched),
                "box": spaces.text(searched),
            }  # fmt: skip
        rows = [
            {
                **head, **trial.outcome.measures, **trial.weights, "trial": trial.number,
                "state": trial.outcome.state.name, "reason": getattr(trial.outcome, "reason", ""),
            }
            for trial in finished
        ]  # fmt: skip
        weights = {*trial_table.weight_names(), *(weight.name for weight in searched)}
        return pd.DataFrame(rows, columns=trial_table.columns(sorted(weights)))

    def _measure(self, proposal: study.Proposal, repeat: int, watch: Watch | None = None) -> study.Outcome:
        """One training, measured: a failed one counts as whole, one that `watch` ended as what it took."""
        search = self.settings.search
        points = 0 if watch is None else search.pruning.points + 1  # the last one is the end, where it does not look
        training = self.settings.training.model_copy(update={"evaluations": points})
        seed = proposal.seed if repeat == 0 else study.trial_seed(proposal.seed, proposal.number, repeat)
        model = build_model(self.settings, self.model_id, proposal.weights, self.stores)
        identity = self.plan.of_run(model.weights, seed, self.stores, (), self.device)
        description = f"{self.label}.trial{proposal.number}" + (f".repeat{repeat}" if repeat else "")
        work = self.work / f"{_folder(proposal.number)}{repeat}"
        measures = {"training_seed": seed, "preservation_ceiling": self.evaluator.preservation_ceiling}
        started = time.monotonic()
        try:
            trained = train(
                model, training, identity, self.stores, work, description, self.device,
                evaluate=watch.evaluate if watch else None, is_over=lambda: watch is not None and watch.stopped,
            )  # fmt: skip
        except DivergedError as error:
            steps = steps_of(identity.budget_images, training.batch_size)
            return study.Failed(str(error), measures | {"train_seconds": time.monotonic() - started, "steps": steps})
        looks = [row["value"] for row in trained.curve if row["metric"] == "eval_seconds"]  # also before a restart
        measures |= {"train_seconds": trained.train_seconds, "steps": trained.steps}
        if watch is not None and watch.stopped:
            last = next(row for row in reversed(trained.curve) if row["metric"] == "quality")
            reason = f"pruned after {last['images_seen']:,} images at quality {last['value']:.3g}"
            return study.Pruned(reason, measures | {"eval_seconds": sum(looks), "evaluations": len(looks)})
        evaluated = time.monotonic()
        scores = self.evaluator.quick(self.evaluator.translate(trained.translator))
        measures |= {
            "eval_seconds": time.monotonic() - evaluated + sum(looks),
            "evaluations": 1 + len(looks),
            "objective": scores["quality"],
            "fid": scores["fid_judge_valid"],
            "attribute_accuracy": scores["attribute_accuracy"],
            "preservation_accuracy": scores["preservation_accuracy"],
            **{name: scores.get(name, math.nan) for name in trial_table.KEPT},
        }
        if all(math.isfinite(measures[name]) for name in trial_table.MEASURES):
            return study.Completed(measures["objective"], measures)
        return study.Failed("a measure of its translations is not finite", measures)


def trial_key(settings: Settings, identity: TrainingIdentity, box: str) -> str:
    """Names all that a trial's outcome depends on: 16 hex digits. Not of the number of trials: a study can be extended.

    `identity` is that of the study's trainings, without weights and seed. `box` tells the ranges; '' where none is.
    """
    outside = {*ANALYSIS_KEYS, *RANGE_KEYS}
    if not settings.search.confirmations:  # then nothing that is run depends on what a hit is
        outside |= HIT_KEYS
    search = settings.search.model_dump(mode="json", exclude=outside)
    return value_digest([identity.digest, search, box, source_digest("bench.search.trial"), optuna.__version__])


def _folder(number: int) -> str:
    return f"trial{number:04d}.repeat"
