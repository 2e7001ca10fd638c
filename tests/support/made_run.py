"""A whole made run, for the tests of the report."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import registry
from bench.plots.kit import render
from bench.plots.kit.render import Inputs
from bench.report.page import Run
from bench.settings.paths import RunPaths
from tests.support.made_faces import made_pack, made_translations
from tests.support.made_tables import made_settings, tables


def made_run(results: Path) -> Run:
    """A run with tables, figures, a pack, and translations of two models, in a folder of `results`."""
    settings = made_settings(str(results))
    paths = RunPaths(settings.folder)
    packed = made_pack(paths.root / "data")
    packed.with_suffix("").rename(paths.pack(32).with_suffix(""))
    packed.rename(paths.pack(32))
    (paths.root / "translations").mkdir()
    _translations(paths.root / "translations")
    (paths.root / "figures").mkdir()
    for name, content in _figures().items():
        (paths.root / "figures" / name).write_bytes(content)
    return Run(settings, tables(), paths.root / "figures", paths)


def _translations(folder: Path) -> tuple[Path, ...]:
    models = ("stargan_baseline.lsgan_mask", "stargan_baseline.lsgan", "acl.plus_mask")
    return tuple(made_translations(folder, model, masks="mask" in model) for model in models)


@cache
def _figures() -> dict[str, bytes]:
    """Every plot's file by name; drawn once a process."""
    drawn = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        pack, files = made_pack(folder), _translations(folder)
        for plot_name, module in registry.plots().items():
            plot_tables = {table: tables()[table] for table in module.NEEDS if table != "translations"}
            output = folder / f"{plot_name}.{render.suffix(module)}"
            render.save(plot_name, module, Inputs(made_settings(), plot_tables, files, pack), output)
            drawn[output.name] = output.read_bytes()
    return drawn
