"""An edit of a file redoes what its result depends on, and nothing else: rules x files, without a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import registry
from bench.runtime import digest
from bench.settings import parse_settings
from bench.training import identity
from bench.workflow.dag import Dag
from bench.workflow.rule_digests import RuleDigests
from tests import ROOT

OURS, THEIRS = "acl.plus_mask", "stargan_baseline.lsgan_mask"
TABLES = {"tables"}
PAGE = {"report"}
SHOWN = {"plot", "report"}  # a metric's file has its label, too
TRAINING = {"centres", "search", "train", "centres of the other", "search of the other", "train of the other"}
SCORES = {"score", "score of the other", "score_controls"}
EVALUATED = (TRAINING - {"centres", "centres of the other"}) | SCORES | {"speed"}
OUR_NETWORKS = {"centres", "search", "train", "score", "speed", "gradients"}
THEIR_NETWORKS = {*(f"{rule} of the other" for rule in ("centres", "search", "train", "score")), "speed", "gradients"}

# One line more in a file, and the rules that start again. (What reads their outputs follows by itself.)
EDITS: dict[str, set[str]] = {
    "bench/analysis/ablation.py": TABLES,
    "bench/analysis/search_ratio.py": TABLES,
    "bench/analysis/statistics.py": TABLES | PAGE,
    "bench/analysis/time_to_target.py": TABLES,
    "bench/analysis/tables.py": TABLES,
    "bench/analysis/contract.py": TABLES | PAGE | {"plot"},
    "bench/analysis/parts.py": TABLES | PAGE | {"plot", "winner"},
    "acl/claims.py": TABLES,
    "bench/runtime/download.py": {"faces", "pack", *SCORES},  # the pack reads the faces
    "bench/evaluation/feature_extractors.py": SCORES,
    "bench/evaluation/final_scores.py": SCORES,
    "bench/metrics/fid.py": SCORES | SHOWN,
    "bench/metrics/quality.py": EVALUATED | SHOWN,
    "bench/training/trainer.py": TRAINING,
    "bench/training/checkpoint.py": TRAINING,
    "bench/search/study.py": {"search", "search of the other"},
    "bench/search/winner.py": {"winner"},
    "bench/search/best_weights.py": {"train", "train of the other"},
    "bench/plots/ablation.py": {"plot"},
    "bench/report/claims.py": PAGE,
    "bench/report/template.html.j2": PAGE,
    "acl/losses.py": OUR_NETWORKS,
    "stargan_baseline/losses.py": THEIR_NETWORKS,
    "acl/method.py": {"plot", "report"},
    "bench/runtime/lease.py": set(),
    "bench/runtime/progress.py": set(),
    "bench/settings/reading.py": set(),
    "bench/workflow/jobs.py": set(),
    "bench/cli.py": set(),
    "bench/commands/status.py": set(),
    "README.md": set(),
}


def digests(content: dict[str, Any]) -> dict[str, str]:
    """The digest of every rule; of those with a model, of one of each method."""
    digest.source_digest.cache_clear()
    rules = RuleDigests(Dag(parse_settings(content, "smoke")))
    plain = ("faces", "pack", "judge", "winner", "score_controls", "speed", "gradients", "tables", "report")
    by_rule: dict[str, str] = {name: getattr(rules, name)() for name in plain}
    by_rule["plot"] = rules.plot("ablation")
    for model, suffix in ((OURS, ""), (THEIRS, " of the other")):
        by_rule["centres" + suffix] = rules.centres(model)
        by_rule["search" + suffix] = rules.search(model, "", "random")
        by_rule["train" + suffix] = rules.train(model)
        by_rule["score" + suffix] = rules.score(model)
    return by_rule


@pytest.fixture
def redone(smoke_content: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], set[str]]:
    """The rules whose digest changes when `text` is added to a file."""
    module, read_bytes = digest._module, Path.read_bytes

    def edit(file: str, text: str) -> set[str]:
        edited = ROOT / file
        before = digests(smoke_content)
        if file.endswith(".py"):
            changed = digest.parsed(edited, edited.read_text(encoding="utf-8") + text)
            monkeypatch.setattr(digest, "_module", lambda path: changed if path == edited else module(path))
        monkeypatch.setattr(Path, "read_bytes", lambda path: read_bytes(path) + text.encode() * (path == edited))
        after = digests(smoke_content)
        return {rule for rule in before if before[rule] != after[rule]}

    return edit


@pytest.mark.parametrize("file", EDITS)
def test_an_edit_redoes_exactly_what_depends_on_it(file: str, redone: Callable[[str, str], set[str]]) -> None:
    assert redone(file, "\nEDITED = 1\n") == EDITS[file]


@pytest.mark.parametrize("file", [name for name in EDITS if name.endswith(".py")])
def test_a_comment_redoes_nothing(file: str, redone: Callable[[str, str], set[str]]) -> None:
    assert redone(file, "\n# A remark.\n") == set()


def test_a_bar_of_a_claim_redoes_the_tables_and_what_shows_them(smoke_content: dict[str, Any]) -> None:
    before = digests(smoke_content)
    bars = registry.claims()["acl"].BARS
    smoke_content["bars"] = {"acl": {next(iter(bars)): 0.123}}
    after = digests(smoke_content)
    assert {rule for rule in before if before[rule] != after[rule]} == {"tables", "plot", "report"}


def test_a_training_knows_nothing_of_claims_tables_plots_or_other_methods() -> None:
    for model, other in (("acl", "stargan_baseline"), ("stargan_baseline", "acl")):
        names = ("bench.commands.search", "bench.commands.train", identity.EVALUATOR, f"{model}.model")
        files = {str(file.relative_to(ROOT)) for file in digest.source_files(*names, *identity.quick_metrics())}
        houses = {file.split("/")[1] for file in files if file.startswith("bench/")}
        assert not houses & {"analysis", "experiments", "plots", "report", "workflow"}
        assert not [file for file in files if file.startswith(f"{other}/") or file.endswith("claims.py")]
