r"""Run one study: search the loss weights of a variant, trial after trial, and write a row per trial.

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

import argparse
from pathlib import Path
from typing import get_args

import optuna

from bench.commands import options
from bench.runtime import atomic_files, lease
from bench.search import spaces, study
from bench.search.trial import TrialTrainer
from bench.settings import Sampler, load_settings
from bench.settings.paths import study_key
from bench.settings.sections import MAIN


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "variant", "packs", "judges", output="the study's trials, .csv")
    parser.add_argument("--sampler", required=True, choices=get_args(Sampler), help="how trials choose loss weights")
    parser.add_argument("--study", type=int, required=True, metavar="K", help="number of the study, from 0")
    parser.add_argument("--space", default=MAIN, metavar="NAME", help="the control whose study it is; default: main")
    parser.add_argument(
        "--centres", type=Path, nargs="?", metavar="JSON", help="centres of the ranges, where they are balanced"
    )


def run(arguments: argparse.Namespace) -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    settings = load_settings(arguments.config)
    search, sampler = settings.search, arguments.sampler
    planned = spaces.plans(search, arguments.space)[sampler].trials
    searched = spaces.of_study(arguments.model, search, sampler, arguments.centres, arguments.space)
    box = "" if sampler == "default" else spaces.text(searched)
    label = study_key(arguments.model, sampler, arguments.study, arguments.space)
    trainer = TrialTrainer.open(settings, arguments.model, label, arguments.pack, arguments.judges, box)
    # The folder's key leaves out --output: a run that writes elsewhere meets this one here.
    with lease.hold(trainer.work) as work_lease:

        def objective(proposal: study.Proposal) -> study.Outcome:
            outcome = trainer(proposal)
            work_lease.check()  # a journal is appended to: no rename checks the lease before the trial is told
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
    table = trainer.table(sampler, arguments.study, searched, finished, arguments.space)
    atomic_files.write_text(arguments.output, table.to_csv(index=False, lineterminator="\n"))
