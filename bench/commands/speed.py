r"""Time the steps of several variants, interleaved, and count their floating-point operations.

    python -m bench speed --config config/demo.yaml --pack results/demo/data/pack32.json \
        --judges results/demo/judges/judge_a.safetensors results/demo/judges/judge_b.safetensors \
        --output results/demo/speed/blocks.csv

One block times every variant once, in an order that changes from block to block, so that a slow moment of the machine
hits all alike; the table of ratios is of times within a block. `speed.processes` repeats all blocks in that many fresh
processes. bench/analysis/step_costs.py says what the intervals are. Run it alone.

Parts: `discriminator_step` (draw the fakes without graph, update D), `generator_step` (draw them with graph, update G)
and `iteration`, which is what training takes: one discriminator step and 1/n_critic generator step, the fakes shared.
A growing model has one more for each phase of its growth before the last (`iteration_16px`, `iteration_32px_fading`).
GFLOP are counted by torch (2 operations per multiply-add): forward and backward passes of convolutions and products.

A searched arm has one part more, `evaluation`, at the run's own size, batch and attributes: what evaluating one of its
trials takes (bench/experiments/evaluation_timer.py). Its images per second are translated ones; its work is not
counted. Only these rows look at --pack and --judges: steps are timed on random images.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from bench.analysis import step_blocks
from bench.commands.options import add_config
from bench.experiments.evaluation_timer import Inputs
from bench.experiments.step_timer import Case, cases, in_processes, row_setting
from bench.runtime import atomic_files
from bench.settings import load_settings
from bench.training import device as devices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_config(parser)
    parser.add_argument("--pack", type=Path, required=True, metavar="JSON", help="packed faces at full size")
    parser.add_argument("--judges", type=Path, nargs=2, required=True, metavar="FILE", help="weights of judges a and b")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="measured blocks, .csv")


def run(arguments: argparse.Namespace) -> None:
    """Time every case, and every searched arm's evaluation, in every process, and write a row per block."""
    settings = load_settings(arguments.config)
    device = devices.claim(settings.training.device)
    *groups, evaluations = in_processes(settings, Inputs(arguments.pack, arguments.judges), device.type)
    trained = Case("", settings.data.image_size_px, settings.training.batch_size, len(settings.data.attributes))
    firsts = [group[0] for group in cases(settings)]
    rows = [
        row
        for case, costs in zip([*firsts, trained], [*groups, evaluations], strict=True)
        for row in step_blocks.rows(costs, row_setting(case, device))
    ]
    table = pd.DataFrame(rows, columns=list(step_blocks.COLUMNS))
    atomic_files.write_text(arguments.output, table.to_csv(index=False))
