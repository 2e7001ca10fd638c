"""Every file that a run leaves, damaged in every way: a line with file, reason and the command that makes it anew."""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from bench import registry
from bench.analysis.contract import CONTRACT
from bench.analysis.parts import collect
from bench.commands import summary
from bench.data.faces import Faces, read_faces
from bench.data.store import Store
from bench.errors import BenchError
from bench.evaluation import judges
from bench.evaluation.translations import EditedImages, Translations
from bench.method import Problem
from bench.plots.kit.render import read_table
from bench.report import page, pictures
from bench.runtime.result_files import read_csv
from bench.search import spaces, study
from bench.search.best_weights import best_weights
from bench.training import saved_model
from bench.training.checkpoint import Checkpoints
from bench.training.trainer import STATE
from bench.workflow import step_prices
from tests.bench.search.test_study import run as run_study
from tests.support import made_tables
from tests.support.made_faces import made_pack
from tests.support.painted_faces import judge_card

PLOT = "ablation"


@dataclass(frozen=True)
class Kind:
    """A file of a run: how to make it in a folder, how it is read, and the command that its message must name."""

    make: Callable[[Path], Path]
    read: Callable[[Path], object]
    command: str


def faces(folder: Path) -> Path:
    Faces("drawn", folder, folder, None, None, None, 3, "digest").write(folder / "faces.json")
    return folder / "faces.json"


def judge(folder: Path) -> Path:
    judges.save(folder / "judge_a.safetensors", judges.build(judge_card("a")), judge_card("a"))
    return folder / "judge_a.safetensors"


def model(folder: Path) -> Path:
    problem = Problem(("Smiling",), 16, 4, 1, 4, (0.5,), (0.5,))
    built = registry.build("acl.plus_mask", {}, {}, problem)
    card = {
        "model": "acl.plus_mask", "weights": dict(built.weights), "readings": dict(built.switches),
        "problem": asdict(problem),
    }  # fmt: skip
    saved_model.save(folder / "model.safetensors", built.build_generator(), card)
    return folder / "model.safetensors"


def translations(folder: Path) -> Path:
    images = EditedImages(np.arange(3), np.zeros((3, 4, 4, 3), np.uint8))
    Translations({"Smiling": images}).save(folder / "t.safetensors")
    return folder / "t.safetensors"


def written(name: str, content: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
        return folder / name

    return make


def table(name: str) -> Callable[[Path], Path]:
    return written(f"{name}.csv", made_tables.tables()[name].to_csv(index=False))


def of_card(make: Callable[[Path], Path]) -> Callable[[Path], Path]:
    return lambda folder: make(folder).with_suffix(".json")


def model_card(folder: Path) -> Path:
    card = of_card(model)(folder)
    (folder / "models").mkdir()
    return card.rename(folder / "models" / "model.json")


def picture(folder: Path) -> Path:
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (40, 40, 3), np.uint8)).save(folder / "faces.png")
    return folder / "faces.png"


def read_figure(file: Path, plot: str) -> object:
    tables = made_tables.tables()
    return pictures.load(file.parent, {plot: registry.plots()[plot]}, made_tables.made_settings(), tables)


def open_and_read(manifest: Path) -> object:
    return Store.open(manifest).split("test").counterfactuals


BEST = json.dumps({"model": "acl.plus_mask", "weights": {"lambda_content": 2.0}})
CENTRES = json.dumps({"model": "acl.plus_mask", "weights": {"lambda_content": {"centre": 2.0}}})
SVG = '<?xml version="1.0"?>\n<svg width="10pt">\n <g id="axes_1"/>\n</svg>\n'
KINDS: Mapping[str, Kind] = {
    "faces": Kind(faces, read_faces, "faces"),
    "pack": Kind(made_pack, open_and_read, "pack"),
    "pack's array": Kind(
        lambda folder: made_pack(folder).with_suffix("") / "test.images.npy",
        lambda file: open_and_read(file.parent.with_suffix(".json")),
        "pack",
    ),
    "judge": Kind(judge, judges.load, "judge"),
    "judge's card": Kind(of_card(judge), lambda card: judges.load(card.with_suffix(".safetensors")), "judge"),
    "model": Kind(model, saved_model.load, "train"),
    "model's card": Kind(of_card(model), lambda card: saved_model.load(card.with_suffix(".safetensors")), "train"),
    "translations": Kind(translations, Translations.load, "score"),
    "winner": Kind(written("acl.best.json", BEST), lambda file: best_weights("acl.plus_mask", [file]), "winner"),
    "centres": Kind(written("c.json", CENTRES), lambda file: spaces.read_centres(file, "acl.plus_mask"), "centres"),
    "scores": Kind(table("scores"), lambda file: collect("scores", [file]), "score"),
    "curves": Kind(table("curves"), lambda file: collect("curves", [file]), "train"),
    "trials": Kind(table("search"), lambda file: collect("search", [file]), "search"),
    "step costs": Kind(table("speed"), lambda file: read_csv(file, "speed", CONTRACT["speed"]), "speed"),
    "plan's step costs": Kind(
        table("speed"), lambda file: step_prices.measured(made_tables.made_settings(), file), "speed|Leave --speed out"
    ),
    "table of a plot": Kind(table("time_to_target"), read_table, "tables"),
    "card in the report": Kind(model_card, page.read_card, "train"),
    "figure in the report": Kind(
        written(f"{PLOT}.svg", SVG),
        lambda file: read_figure(file, PLOT),
        f"plot --plot {PLOT}",
    ),
    "picture in the report": Kind(
        picture,
        lambda file: read_figure(file, "faces"),
        "plot --plot faces",
    ),
}  # fmt: skip


def flip_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) * 2 // 3] ^= 4
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def folder_instead(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES: Mapping[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "binary": lambda file: file.write_bytes(bytes(range(256)) * 9),
    "text": lambda file: file.write_text("Service unavailable\n"),
    "list": lambda file: file.write_text("[1, 2]\n"),
    "other mapping": lambda file: file.write_text('{"a": 1}\n'),
    "folder": folder_instead,
    "gone": Path.unlink,
    "cut": cut,
    "flipped bit": flip_bit,
}
# What text tables and pictures cannot notice: a cut between two rows, another digit, another colour.
UNNOTICED = {
    "flipped bit": set(KINDS) - {"pack's array", "judge", "model"},
    "other mapping": {"card in the report"},
    "cut": {"scores", "curves", "trials", "step costs", "plan's step costs", "table of a plot"},
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_told_with_the_command_that_makes_it_anew(tmp_path: Path, kind: str, damage: str) -> None:
    file = KINDS[kind].make(tmp_path)
    KINDS[kind].read(file)
    DAMAGES[damage](file)
    try:
        KINDS[kind].read(file)
    except BenchError as error:
        message = str(error)
        assert file.stem in message
        assert any(f"python -m bench {name}" in message or name in message for name in KINDS[kind].command.split("|"))
        assert "\n" not in message
    else:
        assert kind in UNNOTICED.get(damage, ())


CARDS: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "not a mapping": lambda card: [card],
    "without weights": lambda card: {k: value for k, value in card.items() if k != "weights"},
    "of another version": lambda card: card | {"problem": card["problem"] | {"heads": 2}},
    "of a variant that is gone": lambda card: card | {"model": "acl.plus_nothing"},
    "of a weight that is gone": lambda card: card | {"weights": {"lambda_gone": 1.0}},
    "with text for weights": lambda card: card | {"weights": "many"},
    "with text for a problem": lambda card: card | {"problem": "many"},
    "with text for a size": lambda card: card | {"problem": card["problem"] | {"generator_channels": "many"}},
    "of another size": lambda card: card | {"problem": card["problem"] | {"generator_channels": 8}},
}


@pytest.mark.parametrize("change", CARDS)
def test_a_model_card_of_another_version_is_told(tmp_path: Path, change: str) -> None:
    file = model(tmp_path)
    card = json.loads(file.with_suffix(".json").read_text())
    file.with_suffix(".json").write_text(json.dumps(CARDS[change](card)))
    with pytest.raises(BenchError, match=r"model\.(json|safetensors) cannot be used: .*python -m bench train$"):
        saved_model.load(file)


@pytest.mark.parametrize("column", ["value", "seed", "n"])
def test_text_in_a_column_of_numbers_is_told_with_its_line(tmp_path: Path, column: str) -> None:
    file = table("scores")(tmp_path)
    rows = pd.read_csv(file).astype({column: object})
    rows.loc[4, column] = "high"
    rows.to_csv(file, index=False)
    with pytest.raises(BenchError, match=rf"scores\.csv cannot be used: line 6: {column} is 'high', not a number"):
        collect("scores", [file])


def test_a_judge_that_is_not_finite_is_told(tmp_path: Path) -> None:
    network = judges.build(judge_card("a"))
    next(iter(network.parameters())).data[0] = float("nan")
    judges.save(tmp_path / "judge_a.safetensors", network, judge_card("a"))
    with pytest.raises(BenchError, match=r"judge_a\.safetensors cannot be used: its .* is not finite.*bench judge$"):
        judges.load(tmp_path / "judge_a.safetensors")


@pytest.mark.parametrize("key", STATE)
def test_a_checkpoint_without_a_key_is_passed_over(
    tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints = Checkpoints(tmp_path, "mine", STATE)
    state = dict.fromkeys(STATE, 1)
    checkpoints.save(1, state)
    checkpoints.save(2, {name: value for name, value in state.items() if name != key})
    assert checkpoints.load(torch.device("cpu")) == state
    assert f"step000000002.checkpoint: it lacks {key!r}" in capsys.readouterr().err


@pytest.mark.parametrize("garbage", [b"\xff\xfe\n", b"garbage\n", b"[1]\n", b"{}\n", b'{"op_code": 99}\n'])
def test_a_journal_with_garbage_inside_is_told(tmp_path: Path, garbage: bytes) -> None:
    journal = tmp_path / "study.journal"
    run_study(journal, "random", 2)
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:3], garbage, *lines[3:]]))
    with pytest.raises(BenchError, match=r"journal .*study\.journal is damaged inside .*Delete it and start again"):
        study.open_study(journal)


def test_a_summary_of_an_empty_table_is_told(tmp_path: Path) -> None:
    settings = made_tables.made_settings(str(tmp_path))
    (settings.folder / "tables").mkdir(parents=True)
    (settings.folder / "settings.json").write_text(settings.model_dump_json())
    for name, rows in made_tables.tables().items():
        (rows.iloc[:0] if name == "scores" else rows).to_csv(settings.folder / "tables" / f"{name}.csv", index=False)
    with pytest.raises(BenchError, match=r"scores\.csv cannot be used: it has no rows.*python -m bench tables$"):
        summary.run(argparse.Namespace(config=settings.folder / "settings.json"))
