"""The registry finds methods, plots and claims by folder, without torch."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench import registry
from bench.errors import BenchError
from tests import ROOT

COMMANDS_WITHOUT_TORCH = ("faces", "pack", "plot", "report", "summary", "tables", "winner")


def test_every_folder_with_a_method_file_is_a_method() -> None:
    assert set(registry.methods()) == {file.parent.name for file in ROOT.glob("*/method.py")} - {"bench"}


def test_a_method_is_named_after_its_folder_and_slugs_fit_the_contract() -> None:
    for name, info in registry.methods().items():
        assert info.name == name
        for variant in info.variants:
            assert re.fullmatch(r"[a-z0-9_]+", variant.slug)
            assert registry.LABEL not in variant.slug


def test_no_two_methods_share_a_colour() -> None:
    colours = [info.colour for info in registry.methods().values()]
    assert len(set(colours)) == len(colours)


def test_unknown_variant_is_told_with_the_nearest_valid_name() -> None:
    with pytest.raises(BenchError, match=r"'acl\.fool'\. Did you mean 'acl\.full'\?"):
        registry.find("acl.fool")


def test_a_labelled_variant_is_the_variant_under_another_name() -> None:
    _, variant = registry.find("stargan_baseline.published")
    info, labelled = registry.find("stargan_baseline.published__published_weights")
    assert info.name == "stargan_baseline"
    assert labelled.slug == "published__published_weights"
    assert labelled.label == f"{variant.label}, published weights"
    assert replace(labelled, slug=variant.slug, label=variant.label) == variant
    assert registry.without_label("acl.full__short") == registry.without_label("acl.full") == "acl.full"


@pytest.mark.parametrize("name", ["acl.full__", "acl.full__Short", "acl.full__a__b", "acl.full___a"])
def test_a_label_that_fits_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(BenchError, match="write a label in small letters"):
        registry.find(name)


def test_nearest_lists_all_names_where_none_is_near() -> None:
    assert registry.nearest("zzz", ["b", "a"]) == " Valid: a, b."


def test_plugins_leave_out_private_modules() -> None:
    assert "kit" not in registry.plots()
    assert set(registry.metrics()) == {file.stem for file in (ROOT / "bench" / "metrics").glob("[a-z]*.py")}


def test_every_metric_says_how_people_see_it_in_a_place_of_its_own() -> None:
    labels = [label for module in registry.metrics().values() for label in module.LABELS]
    assert all(module.LABELS for module in registry.metrics().values())
    assert len({label.place for label in labels}) == len({label.start for label in labels}) == len(labels)


def test_no_method_is_named_in_the_harness_or_the_workflow() -> None:
    names = re.compile(r"\b(" + "|".join(registry.methods()) + r")\b(?!-)")
    files = [*ROOT.glob("bench/**/*.py"), *ROOT.glob("workflow/**/*.smk"), ROOT / "workflow" / "Snakefile"]
    mentions = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in files
        for line in _code_lines(file)
        if names.search(line)
    ]
    assert mentions == []


@pytest.mark.parametrize("heavy", ["torch", "torchvision"])
def test_what_the_workflow_reads_imports_without(heavy: str) -> None:
    modules = [
        "bench.workflow.dag",
        "bench.analysis.statistics",
        *(f"bench.commands.{name}" for name in COMMANDS_WITHOUT_TORCH),
    ]
    modules += [f"{name}.method" for name in registry.methods()]
    modules += [f"{name}.claims" for name in registry.claims()]
    modules += [f"bench.plots.{name}" for name in registry.plots()]
    modules += [f"bench.metrics.{name}" for name in registry.metrics()]
    program = f"import sys, {', '.join(modules)}\nassert {heavy!r} not in sys.modules"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_training_and_search_import_without_torchvision() -> None:
    program = "import sys, bench.commands.train, bench.commands.search\nassert 'torchvision' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def _code_lines(file: Path) -> list[str]:
    """The lines of a file without docstrings, comments and help of arguments, all of which may show an example."""
    text = re.sub(r'"""(.|\n)*?"""', "", file.read_text(encoding="utf-8"))
    return [line.split("#", 1)[0] for line in text.splitlines() if "help=" not in line]
