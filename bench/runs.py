"""A run that is there already, by its folder or its name."""

from __future__ import annotations

from pathlib import Path

from bench import settings
from bench.errors import BenchError
from bench.settings import Settings


def find(name: str) -> Settings:
    """The settings of the run in the folder `name`, or in results/`name`; their `folder` is where the run lies now."""
    for folder in (Path(name), Path("results") / name):
        file = folder / "settings.json"
        if file.is_file():
            folder = folder if folder.name else folder.resolve()
            return settings.load(file).model_copy(update={"results": folder.parent, "run": folder.name})
    raise BenchError(
        f"No run {name!r}: neither {Path(name) / 'settings.json'} nor {Path('results') / name / 'settings.json'} is "
        "there. Name the folder of a run, for example results/demo."
    )
