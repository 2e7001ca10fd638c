"""Check a GPU in its first hour: agreement with the CPU, speed and memory of every variant, trials at once.

    python -m bench gpu_check --config config/config.yaml

Runs the workflow in miniature on it; takes the first step of every variant on CPU and GPU, in float32, TF32, bfloat16
and compiled; times an iteration of every variant of `speed.models` at the run's sizes and batches; and lets 1, 2, 4 and
8 trials share it, with CUDA's multi-process service where that is installed. Writes <name>.md and <name>.csv; the
table prices any run: python -m bench plan --config config/config.yaml --speed results/reference/gpu/<name>.csv

`--device cpu` lets the CPU stand in a GPU's place, which tests every line and measures no GPU.
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import torch

from bench.commands import options
from bench.errors import BenchError
from bench.experiments import gpu_check
from bench.runtime import atomic_files
from bench.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add(parser, "config")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu stands in a GPU's place")
    parser.add_argument("--name", help="stem of both files; default: the GPU's name")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="S", help="of each timing of trials at once")
    parser.add_argument("--output-folder", type=Path, default=Path("results/reference/gpu"), metavar="DIR")


def outputs(arguments: argparse.Namespace) -> Sequence[Path]:
    stem = arguments.name or re.sub("[^a-z0-9]+", "_", _device_name(arguments).lower())
    return [arguments.output_folder / f"{stem}{suffix}" for suffix in (".md", ".csv")]


def run(arguments: argparse.Namespace) -> None:
    settings = load_settings(arguments.config)
    check = gpu_check.check(settings, arguments.device, arguments.seconds)
    page, table = outputs(arguments)
    text = "\n".join(gpu_check.lines(check, _device_name(arguments)))
    atomic_files.write_text(table, check.costs.to_csv(index=False))
    atomic_files.write_text(page, text + "\n")
    print(f"{text}\n\nWritten: {page}, {table}")


def _device_name(arguments: argparse.Namespace) -> str:
    if arguments.device == "cpu":
        return "CPU in the place of a GPU"
    if not torch.cuda.is_available():
        raise BenchError("torch finds no GPU. See nvidia-smi, or let the CPU stand in its place: --device cpu")
    return str(torch.cuda.get_device_name())
