"""Feature extractors behind torch-fidelity's interface, and the space that one makes of real images.

Import it only where final scores are made: torch-fidelity imports torchvision.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch_fidelity import FeatureExtractorBase, FeatureExtractorInceptionV3
from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3

from bench.data.tensors import normalise, to_device
from bench.errors import BenchError
from bench.evaluation.judges import Judge, ResidualJudge
from bench.runtime import lease
from bench.runtime.digest import file_digest
from bench.runtime.download import download
from bench.runtime.progress import progress

HOME = Path("data/inception")
INCEPTION_LAYER = "2048"
JUDGE_LAYER = "penultimate"
BATCH = 64


@dataclass(frozen=True)
class Remote:
    """Where the weights are, and what they are."""

    url: str
    sha256: str

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[-1]


def obtain(placed: Path | None, remote: Remote, home: Path = HOME) -> Path:
    """The verified weights: `placed`, else the file of their name in `home`, to which they are downloaded.

    They are a pickle, which can run code when it is opened, so nothing opens them before their SHA-256 is right.
    """
    target = home.absolute() / remote.name
    by_hand = (
        f"get it from {remote.url} with a browser and put it into {target.parent} (or name it in "
        "scoring.inception_weights), or take 'inception' out of scoring.extractors."
    )
    if placed is None and not target.is_file():
        with lease.hold(target, "InceptionV3"):  # one process at a time; whoever waited finds the file there
            download(remote.url, target, f"sha256:{remote.sha256}", by_hand)
    file = target if placed is None else placed
    try:
        digest = file_digest(file)
    except OSError as error:
        raise BenchError(
            f"InceptionV3's weights {file} cannot be read ({error}). Mend the path, or {by_hand}"
        ) from error
    if digest != remote.sha256:
        raise BenchError(
            f"{file} has SHA-256 {digest}, not {remote.sha256}: it was not loaded. Delete it, then {by_hand}"
        )
    return file


INCEPTION = Remote(URL_INCEPTION_V3, "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2")


class JudgeExtractor(FeatureExtractorBase):  # type: ignore[misc]  # torch-fidelity has no types
    """Judge A's features: offline, made for small images of faces."""

    def __init__(self, judge: Judge) -> None:
        super().__init__(f"judge-{judge.digest}", [JUDGE_LAYER])
        self.network = cast(ResidualJudge, judge.network)

    @staticmethod
    def get_provided_features_list() -> tuple[str, ...]:
        return (JUDGE_LAYER,)

    def forward(self, input: Tensor) -> tuple[Tensor]:
        """Features (N, D) of uint8 images (N, 3, H, W)."""
        return (self.network.embed(normalise(input.permute(0, 2, 3, 1))),)


@cache
def inception(weights: Path | None, remote: Remote = INCEPTION) -> FeatureExtractorBase:
    """torch-fidelity's InceptionV3 with the verified weights of a file, or those that `obtain` finds."""
    file, name = obtain(weights, remote), f"inception-{remote.sha256[:16]}"
    return FeatureExtractorInceptionV3(name, [INCEPTION_LAYER], feature_extractor_weights_path=str(file))


def extract(extractor: FeatureExtractorBase, images: NDArray[np.uint8], device: torch.device | str) -> Tensor:
    """Features (N, D), float64 on the CPU, of images (N, H, W, 3), whatever the batch."""
    extractor = extractor.eval().to(device)
    batches = []
    with torch.inference_mode():
        for start in progress(range(0, len(images), BATCH), extractor.get_name().split("-")[0], "batches"):
            batch = to_device(images[start : start + BATCH], device).permute(0, 3, 1, 2)
            batches.append(extractor(batch)[0].double().cpu())
    return torch.cat(batches)


@dataclass(frozen=True, eq=False)
class FeatureSpace:
    """An extractor by its short name (`judge`, `inception`), with the real images' features (N, D)."""

    name: str
    features: Tensor
    extract: Callable[[NDArray[np.uint8]], Tensor]


def feature_space(
    name: str, extractor: FeatureExtractorBase, reals: NDArray[np.uint8], device: torch.device | str
) -> FeatureSpace:
    """The space of `extractor`, with the features of `reals` (N, H, W, 3)."""
    extract_here = partial(extract, extractor, device=device)
    return FeatureSpace(name, extract_here(reals), extract_here)
