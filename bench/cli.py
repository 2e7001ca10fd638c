"""The command line: `python -m bench <command>`. One module, one command, one rule of the workflow."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from bench.errors import BenchError
from bench.registry import methods
from bench.runtime import atomic_files, kernels, lease
from bench.runtime.digest import source_digest, value_digest

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
        run(importlib.import_module(f"bench.commands.{parsed.command}"), parsed)
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


def run(module: ModuleType, arguments: argparse.Namespace) -> None:
    """Run the command `module`; under the lease on `--output` or `--output-folder` where it has one.

    Its `outputs(arguments)` are all files that its run leaves; without that function `--output` alone. A job that had
    to wait, for a job with the same arguments, input files and source, and then finds all outputs newly written, has
    nothing left to do.
    """
    output = getattr(arguments, "output", None)
    target = output or getattr(arguments, "output_folder", None)
    if target is None:
        module.run(arguments)
        return
    outputs = [output] if output else []
    if hasattr(module, "outputs"):
        outputs = module.outputs(arguments)
    before = [_state(path) for path in outputs]
    purpose = _purpose(module, arguments, (target, *outputs))
    with lease.hold(target, purpose) as held:
        after = [_state(path) for path in outputs]
        renewed = all(new is not None and new != old for old, new in zip(before, after, strict=True))
        if held.waited_for == purpose and outputs and renewed:
            print(f"Adopted {target}: the process that this one waited for did the same job.", file=sys.stderr)
            return
        module.run(arguments)


def _purpose(module: ModuleType, arguments: argparse.Namespace, written: Sequence[Path]) -> str:
    """Digest of all that decides what the job writes: command, arguments, state of the input files, source."""
    values = (value if isinstance(value, list | tuple) else [value] for value in vars(arguments).values())
    paths = [item for items in values for item in items if isinstance(item, Path) and item not in written]
    inputs = {str(path): _state(path) for path in paths if path.is_file()}
    return value_digest([module.__name__, vars(arguments), inputs, source_digest(module.__name__, *methods())])


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
