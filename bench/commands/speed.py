r"""Time the steps of several variants, interleaved, and count their floating-point operations.

    python -m bench speed --config config/demo.yaml --pack results/demo/data/pack32.json \
        --judges results/demo/judges/judge_a.safetensors results/demo/judges/judge_b.safetensors \
        --output results/demo/speed/blocks.csv

One block times every variant once, in an order that changes from block to block, so that a slow moment of the machine
hits all alike; the table of ratios is of times within a block. `speed.processes` repeats all blocks in that many fresh
processes. bench/analysis/step_costs.py says what the intervals are. Run it alone. Stopped and started again, it goes on
after the last whole process.

Parts: `discriminator_step` (draw the fakes without graph, update D), `generator_step` (draw them with graph, update G)
and `iteration`, which is what training takes: one discriminator step and 1/n_critic generator step, the fakes shared.
A growing model has one more for each phase of its growth before the last (`iteration_16px`, `iteration_32px_fading`).
GFLOP are counted by torch (2 operations per multiply-add): forward and backward passes of convolutions and products.

A searched arm has one part more, `evaluation`, at the run's own size, batch and attributes: what evaluating one of its
trials takes (bench/experiments/step_timer.py). Its images per second are translated ones; its work is not
counted. Only these rows look at --pack and --judges: steps are timed on random images.
"""

import argparse
import platform
import shutil

import pandas as pd
import torch

from bench.analysis import step_blocks
from bench.commands import options
from bench.experiments.step_timer import Case, Inputs, cases, measure_apart, row_setting
from bench.runtime import atomic_files, digest
from bench.settings import load_settings
from bench.training import device as devices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config", "pack", "judges", output="measured blocks, .csv")


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    device = devices.claim(settings.training.device)
    inputs = Inputs(arguments.pack, arguments.judges)
    methods = sorted({f"{model.partition('.')[0]}.model" for model in settings.speed.models})
    source = digest.source_digest("bench.commands.speed", *methods)
    made_of = [source, settings.model_dump(mode="json"), device.type, platform.node(), torch.__version__]
    # Where whole processes wait for the others; another code, machine or setting has another folder.
    work = settings.paths.work / "speed" / digest.value_digest(made_of)
    trained = Case("", settings.data.image_size_px, settings.training.batch_size, len(settings.data.attributes))
    parts = [work / f"process{process}.csv" for process in range(settings.speed.processes)]
    for process, part in enumerate(parts):
        if not part.is_file():
            *groups, evaluations = measure_apart(settings, inputs, device.type, process)
            timed = zip([*(group[0] for group in cases(settings)), trained], [*groups, evaluations], strict=True)
            rows = [row for case, costs in timed for row in step_blocks.rows(costs, row_setting(case, device))]
            table = pd.DataFrame(rows, columns=list(step_blocks.COLUMNS)).assign(process=process)
            atomic_files.write_text(part, table.to_csv(index=False))
    first, *others = (part.read_text(encoding="utf-8") for part in parts)
    atomic_files.write_text(arguments.output, "".join([first, *(text.partition("\n")[2] for text in others)]))
    shutil.rmtree(work)  # who asks again wants it measured again
