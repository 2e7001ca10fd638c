r"""Time the steps of several variants, interleaved, and count their floating-point operations.

    python -m bench speed --config config/demo.yaml --pack results/demo/data/pack32.json \
        --judges results/demo/judges/judge_a.safetensors results/demo/judges/judge_b.safetensors \
        --output results/demo/speed/speed.csv --ratios results/demo/speed/speed_ratio.csv

One block times every variant once, in an order that changes from block to block, so that a slow moment of the machine
hits all alike; the table of ratios is of times within a block. `speed.processes` repeats all blocks in that many fresh
processes. bench/analysis/step_costs.py says what the intervals are. Run it alone.

Parts: `discriminator_step` (draw the fakes without graph, update D), `generator_step` (draw them with graph, update G)
and `iteration`, which is what training takes: one discriminator step and 1/n_critic generator step, the fakes shared.
A growing model has one more for each phase of its growth before the last (`iteration_16px`, `iteration_32px_fading`).
GFLOP are counted by torch (2 operations a multiply-add), forward and backward passes, convolutions and matrix products.

A searched arm has one part more, `evaluation`, at the run's own size, batch and attributes: what evaluating one of its
trials takes (bench/experiments/evaluation_timer.py). Its images per second are translated ones; its work is not
counted. Only these rows look at --pack and --judges: steps are timed on random images.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bench.analysis.step_costs import COLUMNS, RATIO_COLUMNS, cost_rows, ratio_rows
from bench.commands.options import add_config
from bench.experiments.evaluation_timer import Inputs
from bench.experiments.step_timer import Case, Row, cases, in_processes, row_setting
from bench.runtime import atomic_files
from bench.settings import load_settings
from bench.training import device as devices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_config(parser)
    parser.add_argument("--pack", type=Path, required=True, metavar="JSON", help="packed faces at full size")
    parser.add_argument("--judges", type=Path, nargs=2, required=True, metavar="FILE", help="weights of judges a and b")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="table of step costs, .csv")
    parser.add_argument("--ratios", type=Path, required=True, metavar="FILE", help="table of their ratios, .csv")


def outputs(arguments: argparse.Namespace) -> Sequence[Path]:
    """The files that this command leaves."""
    return [arguments.output, arguments.ratios]


def run(arguments: argparse.Namespace) -> None:
    """Time every case, and every searched arm's evaluation, in every process, and write both tables."""
    settings = load_settings(arguments.config)
    device = devices.claim(settings.training.device)
    rows: list[Row] = []
    ratios: list[Row] = []
    *groups, evaluations = in_processes(settings, Inputs(arguments.pack, arguments.judges), device.type)
    for group, costs in zip(cases(settings), groups, strict=True):
        setting = row_setting(group[0], device)
        rows += cost_rows(costs, setting)
        ratios += ratio_rows(costs, setting)
    own = Case("", settings.data.image_size_px, settings.training.batch_size, len(settings.data.attributes))
    rows += cost_rows(evaluations, row_setting(own, device))
    atomic_files.write_text(arguments.output, pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(index=False))
    atomic_files.write_text(arguments.ratios, pd.DataFrame(ratios, columns=list(RATIO_COLUMNS)).to_csv(index=False))
