"""Judges that read painted faces off the pixels, and an evaluation with them."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bench.evaluation.candidates import Candidate, EvaluationSet
from bench.evaluation.judges import Judge, ResidualJudge
from bench.evaluation.metric import Score
from tests.support import painted_faces
from tests.support.painted_faces import DATA, HAIR, RULES, SMILE, judge_card

Images = NDArray[np.uint8]


class SeesPixels(nn.Module):
    """A perfect judge B: reads the painted attributes off the pixels."""

    def forward(self, images: Tensor) -> Tensor:
        levels = (images + 1) * 127.5
        hair, smile = levels[:, :, HAIR].mean((2, 3)), levels[:, :, SMILE[0], SMILE[1]].mean((2, 3))
        return torch.stack([60 - hair[:, 0], hair[:, 0] - 200, smile[:, 0] - 200], dim=1)


class SeesFeatures(ResidualJudge):
    """A judge A whose features are means of parts of the image, each on a scale of about 1."""

    def __init__(self) -> None:
        super().__init__(3, painted_faces.SIZE, 8)

    def embed(self, images: Tensor) -> Tensor:
        parts = (images[:, :, HAIR], images[:, :, SMILE[0], SMILE[1]], images[:, :, 5:10])
        return torch.cat([part.mean((2, 3)) for part in parts], dim=1) * 2


class SeesPixelsAndFeatures(SeesPixels):
    """That judge B, with features before its head, on a scale far from 1."""

    def trunk(self, images: Tensor) -> Tensor:
        features: Tensor = 50 + 7 * SeesFeatures().embed(images)
        return features


class SeesFeaturesAndPixels(SeesFeatures):
    """That judge A, which also says what it sees."""

    def forward(self, images: Tensor) -> Tensor:
        seen: Tensor = SeesPixels()(images)
        return seen


class SeesNothing(SeesFeatures):
    """A judge A to which every attribute is off."""

    def forward(self, images: Tensor) -> Tensor:
        return torch.full((len(images), 3), -1.0)


def judge(network: nn.Module, name: str) -> Judge:
    """A judge that sees what `network` sees."""
    return Judge(network.eval(), judge_card(name), name * 16, torch.device("cpu"))


def evaluation(truth: bool = True, faces: int = 240, images: int | None = None) -> EvaluationSet:
    """Painted faces of the valid split under every edit, with the two judges that see."""
    split = painted_faces.split("valid", faces, 3, truth)
    return EvaluationSet(split, RULES, DATA.edits, (judge(SeesFeatures(), "a"), judge(SeesPixels(), "b")), images)


def changed(images: EvaluationSet, change: Callable[[str, Images], Images]) -> Candidate:
    """Every edit as `change` makes it from its name and the sources."""
    return Candidate(images, {edit: change(edit, task.sources.copy()) for edit, task in images.tasks.items()})


def values(scores: list[Score], attribute: str = "all") -> dict[str, float]:
    """Scores by metric, of one attribute."""
    return {score.metric: score.value for score in scores if score.attribute == attribute}
