"""The part of `conda` that Snakemake calls, on py-rattler: a real solver and installer, for channels in a folder.

Run as `python conda_stand_in.py <arguments of conda>`, with the environment's root in CONDA_STAND_IN_ROOT: channels lie
in its `channels/`, and each call is noted in its `calls.jsonl`. What it does not know, it refuses.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml
from rattler import Channel, ChannelConfig, Subdir, VirtualPackage, install, solve

VERSION = "conda 24.7.1"


def main(arguments: Sequence[str], root: Path) -> None:
    """Answer one call."""
    with (root / "calls.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(arguments) + "\n")
    match list(arguments):
        case ["--version"]:
            print(VERSION)
        case ["info", "--json"]:
            print(json.dumps({"conda_prefix": str(root), "platform": str(Subdir.current())}))
        case ["config", "--get", "channel_priority", "--json"]:
            print(json.dumps({"get": {"channel_priority": "strict"}}))
        case ["clean", "-y", "--tarballs"]:
            pass
        case ["env", "create", *options]:
            parser = argparse.ArgumentParser()
            parser.add_argument("--quiet", action="store_true")
            parser.add_argument("--no-default-packages", action="store_true")
            parser.add_argument("--file", type=Path, required=True)
            parser.add_argument("--prefix", type=Path, required=True)
            given = parser.parse_args(options)
            create(given.file, given.prefix, root)
        case _:
            sys.exit(f"not a call that Snakemake makes: conda {' '.join(arguments)}")


def create(file: Path, prefix: Path, root: Path) -> None:
    """Make the environment that `file` describes; what pip adds must be installed where these tests run."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    unknown = set(content) - {"name", "channels", "dependencies"}
    if unknown:
        sys.exit(f"{file}: unknown keys {sorted(unknown)}")
    specs = [entry for entry in content["dependencies"] if isinstance(entry, str)]
    asyncio.run(_install(specs, content["channels"], prefix, root))
    for entry in content["dependencies"]:
        if isinstance(entry, dict):
            pip = [str(prefix / "bin" / "python"), "-m", "pip", "install", "--no-index", *entry["pip"]]
            subprocess.run(pip, check=True)


async def _install(specs: Sequence[str], channels: Sequence[str], prefix: Path, root: Path) -> None:
    alias = ChannelConfig(f"file://{root}/channels/")  # without the last slash, `channels` would be cut off
    sources = [Channel(channel, alias) for channel in channels]
    records = await solve(sources, specs, virtual_packages=VirtualPackage.detect())
    await install(records, target_prefix=prefix, cache_dir=root / "pkgs", show_progress=False)


if __name__ == "__main__":
    main(sys.argv[1:], Path(os.environ["CONDA_STAND_IN_ROOT"]))
    sys.stdout.flush()
    os._exit(0)  # the installer's threads can abort an interpreter that shuts down
