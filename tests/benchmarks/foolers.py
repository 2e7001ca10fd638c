"""What could fool the numbers of a hit, with the judges of a run: the table in docs/measures/quality.md.

PYTHONPATH=. .venv/bin/python tests/benchmarks/foolers.py results/demo
"""

import argparse
from pathlib import Path

import numpy as np

from bench.data.store import Store
from bench.evaluation.evaluator import trial_evaluator
from bench.search.trial_table import WORST, reaches
from bench.settings import load_settings
from bench.training import device as devices
from tests.support.made_translators import scored


def main() -> None:
    """Score every made translator as a trial of a search is scored, and print one row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a run whose faces are drawn and whose judges are trained")
    folder: Path = parser.parse_args().run
    settings = load_settings(folder / "settings.json")
    device = devices.claim(settings.training.device)
    devices.prepare(device)
    store = Store.open(folder / "data" / f"pack{settings.data.image_size_px}.json")
    judges = folder / "judges" / "judge_a.safetensors", folder / "judges" / "judge_b.safetensors"
    table = scored(trial_evaluator(settings, store, judges, device), store.split("train"))
    judged = settings.search.model_copy(update={"background_limit": 1.0, "closer_target": 0.0})
    for column, rule in (("hits by judges alone", judged), ("hits", settings.search)):
        hits = np.stack([np.where(reaches(table, target, rule), target, 0.0) for target in sorted(rule.targets)])
        table[column] = [f"up to {level}" if level else "-" for level in hits.max(axis=0)]
    shown = [*WORST, "counterfactual_error_relative", "hits by judges alone", "hits"]
    print(table[shown].round(3).to_string())


if __name__ == "__main__":
    main()
