"""Painted 16-px faces for the tests of judges and metrics: hair is a band of colour, a smile a bright patch.

The attributes are functions of pixels, so the true counterfactual of every edit, and the pixels it leaves, are exact.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.data.store import Counterfactuals, Split, Store
from bench.evaluation import judges
from bench.settings import DataSettings, DrawnFaces
from bench.settings.edits import EditRules

SIZE: Final = 16
ATTRIBUTES = ("Black_Hair", "Blond_Hair", "Smiling")
HAIR, SMILE = slice(0, 4), (slice(11, 14), slice(5, 11))
DATA = DataSettings(
    source="drawn",
    drawn=DrawnFaces(train=1, valid=1, test=1),
    image_size_px=SIZE,
    attributes=ATTRIBUTES,
    combined_edits=(("Blond_Hair", "Smiling"),),
)
RULES: EditRules = DATA.rules


def paint(backgrounds: NDArray[np.uint8], labels: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Faces (n, 16, 16, 3) with `labels` (n, 3) over given backgrounds (n, 16, 16, 3)."""
    images = backgrounds.copy()
    images[labels[:, 0], HAIR] = (20, 20, 20)
    images[labels[:, 1], HAIR] = (230, 210, 120)
    images[labels[:, 2], SMILE[0], SMILE[1]] = (250, 60, 60)
    return images


def split(name: str, count: int, seed: int, truth: bool = True) -> Split:
    """A split of `count` painted faces; with true counterfactuals, or like photos without."""
    random = np.random.default_rng(seed)
    backgrounds = random.integers(90, 150, (count, SIZE, SIZE, 3)).astype(np.uint8)
    backgrounds += random.integers(0, 40, (count, 1, 1, 3)).astype(np.uint8)
    hair = random.integers(0, 3, count)
    labels = np.stack([hair == 0, hair == 1, random.random(count) < 0.5], axis=1)
    images = paint(backgrounds, labels)
    truths = {}
    for edit in DATA.edits:
        targets, applies = RULES.targets(labels, edit)
        edited = paint(backgrounds, targets)
        unchanged = (edited == images).all(axis=-1)
        truths[edit] = Counterfactuals(np.where(applies[:, None, None, None], edited, 0), applies, unchanged)
    names = tuple(f"{row:06d}.jpg" for row in range(count))
    return Split(name, images, labels, names, truths if truth else None)


@dataclass(frozen=True)
class PaintedStore(Store):
    """A store whose splits are painted in memory."""

    truth: bool = True
    faces: int = 240

    def split(self, name: str) -> Split:
        seed = ("train", "judge_a", "judge_b", "valid", "test").index(name)
        return split(name, self.faces, seed, self.truth and name in ("valid", "test"))


def painted_store(truth: bool = True, faces: int = 240) -> PaintedStore:
    return PaintedStore(Path("painted.json"), "digest", ATTRIBUTES, SIZE, DATA.edits, {}, truth, faces)


def judge_card(name: str, seed: int = 1) -> judges.JudgeCard:
    return judges.JudgeCard(judges.ARCHITECTURE_OF[name], ATTRIBUTES, SIZE, 8, seed, "digest", {})
