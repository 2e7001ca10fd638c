"""Digests: an edit redoes what it touches, and no more."""

from pathlib import Path

import pytest

from bench.runtime import digest

MODULE = '''"""What it does."""

from toy import helper


def double(x: int) -> int:
    """Twice x."""
    return helper.times(x, 2)
'''
HELPER = "def times(x: int, y: int) -> int:\n    return x * y\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of a package `toy` with a module that imports another, and a bystander."""
    monkeypatch.setattr(digest, "ROOT", tmp_path)
    digest._module.cache_clear()
    digest.source_digest.cache_clear()
    package = tmp_path / "toy"
    package.mkdir()
    for name, text in {"__init__": "", "module": MODULE, "helper": HELPER, "bystander": "x = 1\n"}.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    return package


def edited(file: Path, old: str, new: str) -> str:
    """The digest of toy.module after one edit of `file`."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    digest._module.cache_clear()
    digest.source_digest.cache_clear()
    return digest.source_digest("toy.module")


def test_comments_docstrings_and_layout_do_not_count(repository: Path) -> None:
    before = digest.source_digest("toy.module")
    module = repository / "module.py"
    assert edited(module, '"""Twice x."""', '"""Two times x."""\n    # a remark') == before
    assert edited(module, '"""What it does."""\n', "") == before
    assert edited(module, "helper.times(x, 2)", "helper.times(\n        x,\n        2\n    )") == before


def test_an_edit_of_the_code_counts(repository: Path) -> None:
    before = digest.source_digest("toy.module")
    assert edited(repository / "module.py", "(x, 2)", "(x, 3)") != before


def test_an_edit_of_what_it_imports_counts(repository: Path) -> None:
    before = digest.source_digest("toy.module")
    assert edited(repository / "helper.py", "x * y", "y * x") != before


def test_an_edit_of_a_bystander_does_not_count(repository: Path) -> None:
    before = digest.source_digest("toy.module")
    assert edited(repository / "bystander.py", "x = 1", "x = 2") == before


def test_relative_imports_are_followed(repository: Path) -> None:
    (repository / "module.py").write_text("from . import helper\nfrom .helper import times\n", encoding="utf-8")
    digest._module.cache_clear()
    digest.source_digest.cache_clear()
    before = digest.source_digest("toy.module")
    assert edited(repository / "helper.py", "x * y", "y * x") != before


def test_a_package_stands_for_all_its_modules(repository: Path) -> None:
    before = digest.source_digest("toy")
    (repository / "bystander.py").write_text("x = 2\n", encoding="utf-8")
    digest._module.cache_clear()
    digest.source_digest.cache_clear()
    assert digest.source_digest("toy") != before
