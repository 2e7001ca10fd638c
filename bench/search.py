r"""Run one study: search the loss weights of a variant, trial after trial, and write a row a trial.

    python -m bench search --config config/demo.yaml --model acl.plus_mask --sampler random --study 0 \
        --pack results/demo/data/pack32.json \
        --judges results/demo/judges/judge_a.safetensors results/demo/judges/judge_b.safetensors \
        --output results/demo/searches/acl.plus_mask.random.study0.csv

Killed at any moment and started again, it goes on where it was: finished trials stand in an Optuna journal under the
run's work/searches/, and the trial in flight has its checkpoint beside it, under a lease: whoever asks for the same
study meanwhile, into whatever file, waits and takes its trials. `optuna-dashboard` shows that journal. A trial that
diverges, or whose quality is not finite, is kept as FAIL with the reason, and the study goes on; one that sampler
`tpe_pruned` ends early is kept as PRUNED with what it took.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import optuna
import pandas as pd
import torch

from bench import cli, files, lease, pruning, settings, spaces, study, trials
from bench import device as devices
from bench.checkpoint import SUFFIX
from bench.data.store import Store
from bench.evaluate import Evaluator, trial_evaluator
from bench.losslog import DivergedError
from bench.method import LossWeight
from bench.paths import MAIN, RunPaths, study_key
from bench.pruning import Watch
from bench.settings import Sampler, Settings
from bench.train import build_model, open_stores
from bench.trainer import train
from bench.trial_key import trial_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `python -m bench search`."""
    cli.add_config(parser)
    parser.add_argument("--model", required=True, metavar="ID", help="the variant to search, as <method>.<variant>")
    parser.add_argument("--sampler", required=True, choices=get_args(Sampler), help="how trials choose loss weights")
    parser.add_argument("--study", type=int, required=True, metavar="K", help="number of the study, from 0")
    parser.add_argument("--space", default=MAIN, metavar="NAME", help="the control whose study it is; default: main")
    parser.add_argument("--pack", type=Path, nargs="+", required=True, metavar="JSON", help="packed faces, one a size")
    parser.add_argument("--centres", type=Path, metavar="JSON", help="centres of the ranges, where they are balanced")
    parser.add_argument("--judges", type=Path, nargs=2, required=True, metavar="FILE", help="weights of judges a and b")
    parser.add_argument("--output", type=Path, required=True, metavar="CSV", help="the study's trials")


def run(arguments: argparse.Namespace) -> None:
    """Run the study to its end, or on from where it stopped, and write its trials."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    chosen = settings.load(arguments.config)
    search, sampler = chosen.search, arguments.sampler
    planned = spaces.plans(search, arguments.space)[sampler].trials
    searched = spaces.of_study(arguments.model, search, sampler, arguments.centres, arguments.space)
    box = "" if sampler == "default" else spaces.text(searched)
    label = study_key(arguments.model, sampler, arguments.study, arguments.space)
    trainer = TrialTrainer.open(chosen, arguments.model, label, arguments.pack, arguments.judges, box)
    with lease.hold(
        trainer.work
    ) as held:  # its key leaves out --output: a run that writes elsewhere meets this one here

        def objective(proposal: study.Proposal) -> study.Outcome:
            outcome = trainer(proposal)
            held.check()  # a journal is appended to: no rename checks the lease before the trial is told
            return outcome

        finished = study.run_study(
            trainer.work / "study.journal",
            sampler,
            searched,
            planned,
            study.study_seed(search.seed, sampler, arguments.study),
            objective,
            search.startup_trials,
            search.pruning.startup_trials,
        )
        trainer.remove_checkpoints()
    table = rows(arguments.model, sampler, arguments.study, searched, finished, arguments.space)
    files.write_text(arguments.output, table.to_csv(index=False, lineterminator="\n"))


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

    @classmethod
    def open(
        cls,
        chosen: Settings,
        model_id: str,
        label: str,
        packs: Sequence[Path],
        judges: tuple[Path, Path],
        box: str,
    ) -> TrialTrainer:
        """The trainer of the study `label`; its working folder is keyed by all that its trials depend on.

        `box` tells the ranges that they are drawn from.
        """
        stores = open_stores(packs)
        device = devices.claim(chosen.training.device)
        devices.prepare(device)
        key = trial_key(chosen, model_id, stores, judges, device, box)
        evaluator = trial_evaluator(chosen, stores[chosen.data.image_size_px], (judges[0], judges[1]), device)
        work = RunPaths(chosen.folder).work / "searches" / f"{label}.{key}"
        return cls(chosen, model_id, label, stores, evaluator, device, key, work)

    def __call__(self, proposal: study.Proposal) -> study.Outcome:
        """Train, evaluate and, where it hits, confirm one trial."""
        self.remove_checkpoints(but=proposal.number)
        search = self.settings.search
        watch = None
        if proposal.should_stop is not None:
            watch = Watch(self.evaluator, round(1000 * search.budget_kimg), proposal.should_stop)
        own = self._measure(proposal, 0, watch)
        if own["reason"]:
            return study.Outcome(None, own, own["reason"], pruned=watch is not None and watch.stopped)
        repeats = []
        if search.confirmations and trials.reaches(own, min(search.targets), search):
            repeats = [self._measure(proposal, repeat) for repeat in range(1, search.confirmations + 1)]
        return study.Outcome(own["objective"], own | trials.confirmed(own, repeats))

    def remove_checkpoints(self, but: int | None = None) -> None:
        """Remove the checkpoints of all trials but one; told trials need none. Logs stay."""
        for file in self.work.glob(f"trial*/*{SUFFIX}"):
            if but is None or not file.parent.name.startswith(_folder(but)):
                file.unlink()

    def _measure(self, proposal: study.Proposal, repeat: int, watch: Watch | None = None) -> dict[str, Any]:
        """Measures of one training; `reason` says why it failed or was pruned, '' if neither.

        A failed one counts as whole, one that `watch` ended as what it took.
        """
        search = self.settings.search
        points = 0 if watch is None else search.pruning.points + 1  # the last one is the end, where it does not look
        training = self.settings.training.model_copy(update={"evaluations": points})
        budget_images = round(1000 * search.budget_kimg)
        seed = proposal.seed if repeat == 0 else study.trial_seed(proposal.seed, proposal.number, repeat)
        model = build_model(self.settings, self.model_id, proposal.weights, self.stores)
        description = f"{self.label}.trial{proposal.number}" + (f".repeat{repeat}" if repeat else "")
        work = self.work / f"{_folder(proposal.number)}{repeat}"
        measures: dict[str, Any] = {
            "training_seed": seed,
            "device": self.device.type,
            "preservation_ceiling": self.evaluator.preservation_ceiling,
            "key": self.key,
        }
        started = time.monotonic()
        try:
            trained = train(
                model, training, budget_images, seed, self.stores, work, description,
                evaluate=watch.evaluate if watch else None, is_over=watch.is_over if watch else None,
            )  # fmt: skip
        except DivergedError as error:
            steps = math.ceil(budget_images / training.batch_size)
            return measures | {"train_seconds": time.monotonic() - started, "steps": steps, "reason": str(error)}
        looks, seconds = pruning.cost(trained.curve)
        measures |= {"train_seconds": trained.train_seconds, "steps": trained.steps}
        if watch is not None and watch.stopped:
            return measures | {"eval_seconds": seconds, "evaluations": looks, "reason": pruning.reason(trained.curve)}
        evaluated = time.monotonic()
        found = self.evaluator.quick(self.evaluator.translate(trained.translator))
        measures |= {
            "eval_seconds": time.monotonic() - evaluated + seconds,
            "evaluations": 1 + looks,
            "objective": found["quality"],
            "fid": found["fid_judge_valid"],
            "attribute_accuracy": found["attribute_accuracy"],
            "preservation_accuracy": found["preservation_accuracy"],
        }
        finite = all(math.isfinite(measures[name]) for name in trials.MEASURES)
        return measures | {"reason": "" if finite else "a measure of its translations is not finite"}


def rows(
    model_id: str,
    sampler: Sampler,
    number: int,
    searched: Sequence[LossWeight],
    finished: Sequence[study.FinishedTrial],
    space: str = MAIN,
) -> pd.DataFrame:
    """The rows of a study for tables/search.csv; weights of other variants are blank."""
    method, _, variant = model_id.partition(".")
    head = {
        "method": method, "variant": variant, "sampler": sampler, "study": number, "range_shift": 0.0,
        "dimension": len(searched), "split": "valid", "space": space,
    }  # fmt: skip
    if sampler != "default":
        head |= {
            "range_shift": spaces.shift_decades(searched), "width_decades": spaces.width_decades(searched),
            "box": spaces.text(searched),
        }  # fmt: skip
    made = [
        head | dict(trial.measures) | {"trial": trial.number, "state": trial.state} | dict(trial.weights)
        for trial in finished
    ]
    return pd.DataFrame(
        made, columns=trials.columns(sorted({*trials.weight_names(), *(weight.name for weight in searched)}))
    )


def _folder(number: int) -> str:
    return f"trial{number:04d}.repeat"
