r"""Compare a run with a published one, bit for bit: weights by SHA-256, tables value by value.

    python -m bench verify results/demo results/reference/demo

What a clock measured, and what is computed from it, differs from run to run: it is left out, and shown as ratios. A
trial's key, which names code and settings, is left out, too. A run that has fewer models or studies is compared over
what it has. Exit code 0: all that was compared is identical; 1: not.
"""

import argparse
import sys
from pathlib import Path

from bench.analysis import verification
from bench.runtime import kernels


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of a run, as results/demo")
    parser.add_argument("reference", type=Path, metavar="REFERENCE", help="folder of the run that it should equal")


def run(arguments: argparse.Namespace) -> None:
    result = verification.verify(arguments.run, arguments.reference)
    print(f"{arguments.run} against {arguments.reference}")
    print("\n".join(f"  {comparison}" for comparison in result.comparisons))
    ratios = ", ".join(f"{name} {ratio:.2f}" for name, ratio in result.clocks.items())
    print(f"Clocks, not compared (ratios to the reference): {ratios or 'none'}")
    print(f"{'Identical' if result.same else 'Different'}: {result.headline}.")
    if not result.same:
        print("Likely cause: " + ("; ".join(result.causes) or "none that settings and model cards tell of"))
        if kernels.name() != "avx2":
            print(f"This machine cannot give the published bits: its CPU kernels are {kernels.name()}, not avx2.")
        sys.exit(1)
