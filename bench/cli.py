"""The command line: `python -m bench <command>`. One module, one command, one rule of the workflow."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.errors import BenchError
from bench.runtime import atomic_files, kernels
from bench.workflow import single_writer

COMMANDS = {
    "plan": "print the jobs, hours and disk of a run, and the smallest effect that it can see, before it runs",
    "faces": "draw faces, or fetch and verify CelebA, as a CelebA-shaped folder",
    "pack": "pack the faces as memory-mapped uint8 arrays at one resolution",
    "judge": "train judge a (features) or judge b (accuracy) on real images that no GAN sees",
    "centres": "measure where the gradients of a variant's loss terms balance: the centres of its ranges",
    "search": "run one Optuna study over the loss weights of a variant",
    "winner": "pick a variant's best loss weights from its studies",
    "train": "train one variant with one seed",
    "score": "translate every scored split with a trained model, and score it with every metric",
    "score_controls": "score the controls that need no trained model",
    "translate": "edit your own photos with a trained model",
    "speed": "time the steps of several variants, interleaved",
    "gpu_check": "check a GPU: agreement with the CPU, speed and memory of every variant, trials at once",
    "gradients": "measure the gradient that each loss sends to generated points and images",
    "tables": "collect a run's results into tidy tables",
    "plot": "draw one figure from the tables",
    "report": "render the self-contained report",
    "status": "show what of a run is done, running or failed, and when it should end",
    "verify": "compare a run with a published one, bit for bit",
    "summary": "print a short table of a finished run and the report's path",
    "schema": "print the JSON schema of the settings",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 on success, 2 on an error that the user can mend, 141 where nobody reads on (`| head`)."""
    kernels.pin()  # before a command imports torch, numpy or OpenCV
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    asked = next((word for word in arguments if word in COMMANDS), None)
    for name, summary in COMMANDS.items():
        command = subparsers.add_parser(name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == asked:  # only the command asked for is imported: torch costs seconds
            module = importlib.import_module(f"bench.commands.{name}")
            command.description = module.__doc__
            module.add_arguments(command)
    parsed = parser.parse_args(arguments)
    try:
        single_writer.run(importlib.import_module(f"bench.commands.{parsed.command}"), parsed)
        sys.stdout.flush()
    except BenchError as error:
        print(f"bench {parsed.command}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the interpreter's last flush is quiet
        return 141
    except OSError as error:  # journals, logs and leases are appended to, not written whole
        written = getattr(parsed, "output", None) or getattr(parsed, "output_folder", None)
        fault = atomic_files.disk_fault(error.errno, Path(error.filename or written or "."))
        if fault is None:
            raise
        print(f"bench {parsed.command}: {fault}", file=sys.stderr)
        return 2
    return 0
