r"""Score the controls that need no trained model, on every scored split, with every metric.

    python -m bench score_controls --config config/demo.yaml --pack results/demo/data/pack32.json \
        --judges results/demo/judges/judge_a.safetensors results/demo/judges/judge_b.safetensors \
        --output results/demo/scores/control.csv

They are `identity` (copies of the sources), `other_person` (another face with the right labels), `ten_faces` (ten of
those for everybody), on drawn faces `counterfactual` (the true ones) and `half_way` (half way there), and
`judge_ceiling` (the judges on real images: the most that accuracy can reach).
"""

import argparse

from bench.commands import options
from bench.data.store import Store
from bench.evaluation import final_scores
from bench.runtime.atomic_files import write_text
from bench.settings import load_settings
from bench.training import device as devices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "pack", "judges", output="scores, .csv")


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    device = devices.claim(settings.training.device)
    devices.prepare(device)
    table = final_scores.of_controls(settings, Store.open(arguments.pack), tuple(arguments.judges), device)
    write_text(arguments.output, table.to_csv(index=False))
