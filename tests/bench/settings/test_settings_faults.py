"""What can be wrong with a configuration: every fault is a sentence that names the key, or the file."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.errors import BenchError
from bench.settings import load_settings, parse_settings

NAN, INFINITY = float("nan"), float("inf")
STARGAN, ACL = "stargan_baseline.lsgan_mask", "acl.plus_mask"
PAIR = {"baseline": STARGAN, "challenger": ACL}
FINAL = {"model": ACL, "seeds": [1]}

# Key, value, and what is said of it.
VALUES: list[tuple[str, object, str]] = [
    *((key, value, "finite number") for value in (NAN, INFINITY, -INFINITY) for key in (
        "search.targets.0", "search.width_decades", "search.budget_kimg", "search.judged_widths_decades.0",
        "search.judged_shifts_decades.0", "training.budget_kimg", "training.learning_rate", "judges.learning_rate",
        "training.checkpoint_seconds", "gradients.distances.0", "data.judges_share", "finals.0.budget_kimg",
    )),
    ("bars", {"acl": {"c1_cosine": NAN}}, "finite number"),
    ("readings", {"acl": {"attribute_head": INFINITY}}, "finite number|can be one of"),
    *((key, [], "at least 1 item") for key in (
        "search.targets", "search.arms", "finals", "scoring.splits", "scoring.extractors", "speed.models",
        "gradients.models", "search.judged_widths_decades", "data.attributes",
    )),
    ("search.samplers", {}, "at least 1 item"),
    *((key, [value, value], "names .* twice|has .* twice") for key, value in (
        ("search.targets", 0.5), ("search.arms", ACL), ("scoring.splits", "valid"), ("speed.models", ACL),
        ("data.attributes", "Smiling"), ("finals.0.seeds", 1), ("finals.0.weights_from", ACL),
        ("search.comparisons", {"baseline": "stargan_baseline.lsgan", "challenger": ACL}),
    )),
    ("finals", [FINAL, FINAL], "finals name 'acl.plus_mask' twice"),
    ("search.comparisons", [PAIR], f"has {STARGAN} with {ACL}, which is 'compare' already"),
    ("compare.challenger", STARGAN, "with itself"),
    ("search.comparisons", [{"baseline": ACL, "challenger": ACL}], "with itself"),
    ("results", "", "is empty"),
    ("results", "  ", "is empty"),
    ("results", "/dev/null", "/dev/null is no folder"),
    ("results", "/etc/passwd", "/etc/passwd is no folder"),
    ("results", "/etc/passwd/results", "/etc/passwd is no folder"),
    ("results", "a\nb", "no path should"),
    ("results", "a\0b", "no path should"),
    ("results", "~/results", "not expanded"),
    ("results", "my results", "shell would misread"),
    ("results", "{wildcard}", "shell would misread"),
    ("results", "x" * 300, "too long"),
    ("run", "x" * 300, "at most 100 characters"),
    ("data.folder", "~/celeba", "not expanded"),
    ("data.folder", "", "is empty"),
    ("scoring.inception_weights", "~/weights.pth", "not expanded"),
    ("search.pools", ["~/pool.csv"], "not expanded"),
    ("search.arms", ["stargan_baseline.published", STARGAN, ACL], "every 5 steps, and 0.032 kimg are 4 step"),
    ("finals.0", {"model": "stargan_baseline.published", "seeds": [1], "budget_kimg": 0.008}, "would never train"),
    ("gradients.generator", "stargan_baseline.published", "early_share: stargan_baseline.published takes"),
]  # fmt: skip


def put(content: Any, key: str, value: object) -> None:
    """Set `key`, as `section.name` or `section.list.0`."""
    *path, last = key.split(".")
    for step in path:
        content = content[int(step)] if isinstance(content, list) else content.setdefault(step, [0.5])
    content[int(last) if isinstance(content, list) else last] = value


@pytest.mark.parametrize(("key", "value", "words"), VALUES, ids=[f"{key}={value}"[:60] for key, value, _ in VALUES])
def test_nonsense_is_refused_in_a_sentence(smoke_content: dict[str, Any], key: str, value: object, words: str) -> None:
    put(smoke_content, key, value)
    with pytest.raises(BenchError, match=rf"(?s)mine\.yaml:\n  .*({words})"):
        parse_settings(smoke_content, "mine.yaml")


def nested(depth: int) -> bytes:
    return b"run: " + b"[" * depth + b"]" * depth


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "bytes": (lambda file: file.write_bytes(b"title: \xff\xfe"), "is no UTF-8 text"),
    "folder": (Path.mkdir, "is a folder, pipe or device"),
    "pipe": (os.mkfifo, "is a folder, pipe or device"),
    "deep": (lambda file: file.write_bytes(nested(20_000)), "nested too deeply"),
    "key twice": (lambda file: file.write_text("run: a\ntitle: x\nrun: b\n"), "line 3: 'run' stands on line 1 already"),
    "inner key twice": (lambda file: file.write_text("data: {seed: 1, seed: 2}\n"), "'seed' stands on line 1 already"),
    "key twice in JSON": (lambda file: file.write_text('{"run": "a",\n "run": "b"}'), "line 2: 'run' stands on line 1"),
    "control character": (lambda file: file.write_bytes(b"run: \x07"), "is not valid YAML"),
    "no date": (lambda file: file.write_text("run: 2024-13-45"), "is not valid YAML"),
    "number of 5,000 digits": (lambda file: file.write_text("run: " + "9" * 5000), "is not valid YAML"),
    "name too long": (lambda file: None, "cannot be read: File name too long"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("make", "words"), FILES.values(), ids=FILES)
def test_what_is_no_settings_file_is_told_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], object], words: str
) -> None:
    file = tmp_path / ("x" * 300 if "too long" in words else "mine.yaml")
    make(file)
    with pytest.raises(BenchError, match=words):
        load_settings(file)


def test_results_may_lie_anywhere_that_can_be_a_folder(smoke_content: dict[str, Any], tmp_path: Path) -> None:
    for results in (str(tmp_path), str(tmp_path / "new" / "deep"), ".", "../results", "ergebnisse-2.ü"):
        smoke_content["results"] = results
        assert str(parse_settings(yaml.safe_load(yaml.safe_dump(smoke_content)), "mine.yaml").results) == results
