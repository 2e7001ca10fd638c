"""What could fool the numbers of a hit: made translators, of which only the true counterfactual may hit."""

from typing import Final

import pandas as pd
import pytest

from bench.data.faces import prepare
from bench.data.packer import pack
from bench.data.store import Store
from bench.evaluation import judge_training, judges
from bench.evaluation.evaluator import Evaluator
from bench.evaluation.judges import JudgeCard
from bench.search.trial_table import reaches
from bench.settings import DataSettings, DrawnFaces, JudgeSettings, SearchSettings, StudySettings
from tests.support.made_translators import scored

SIZE_PX: Final = 32
DATA = DataSettings(
    source="drawn",
    drawn=DrawnFaces(train=700, valid=120, test=1, seed=5),
    image_size_px=SIZE_PX,
    attributes=("Black_Hair", "Blond_Hair", "Smiling"),
    judges_share=0.8,
)
JUDGES = JudgeSettings(channels=12, epochs=10, batch_size=32)
SEARCH = SearchSettings(
    arms=("acl.full",), samplers={"random": StudySettings(studies=1, trials=1)}, budget_kimg=1.0, accuracy_target=0.3
)


@pytest.fixture(scope="session")
def measures(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Measures of every made translator, by its name, with two small judges trained on drawn faces."""
    folder = tmp_path_factory.mktemp("foolers")
    manifest = folder / "pack.json"
    pack(DATA, prepare(DATA, folder / "faces.json"), SIZE_PX, manifest)
    store = Store.open(manifest)
    files = folder / "judge_a.safetensors", folder / "judge_b.safetensors"
    for file, name in zip(files, "ab", strict=True):
        architecture = judges.ARCHITECTURE_OF[name]
        card = JudgeCard(architecture, DATA.attributes, SIZE_PX, JUDGES.channels, 1, store.digest, {})
        judges.save(file, judge_training.train(store.split(f"judge_{name}"), card, JUDGES), card)
    return scored(Evaluator(store, "valid", files, DATA), store.split("train"))


@pytest.mark.parametrize("target", SEARCH.targets)
def test_the_true_counterfactual_alone_hits(measures: pd.DataFrame, target: float) -> None:
    assert len(measures) >= 18
    assert set(measures.index[reaches(measures, target, SEARCH)]) == {"truth"}


def test_the_judges_alone_would_be_fooled(measures: pd.DataFrame) -> None:
    """Without background and closeness these hit: the list tests the rule, not the weakness of its members."""
    judged = SEARCH.model_copy(update={"background_limit": 1.0, "closer_target": 0.0})
    fooled = set(measures.index[reaches(measures, min(SEARCH.targets), judged)])
    assert fooled >= {"truth", "neighbour_in_training", "noise_against_both_judges"}
