"""The two judges: small multi-label classifiers of unlike architecture, and the files that hold them.

Judge A (residual, average pooling) gives features, judge B (plain, max pooling, position-aware head) gives accuracy:
one network must not be both yardstick and mark.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor, nn

from bench.data.tensors import to_model
from bench.runtime.result_files import damaged, reason
from bench.training import saved_model

FEATURES = 96
BATCH = 128
SMALLEST_MAP_PX = 4


@dataclass(frozen=True)
class JudgeCard:
    """What a judge is and was trained on; kept as .json beside its weights.

    `ceilings` has the judge's accuracy on real images of the valid split, by attribute, in [0, 1].
    """

    architecture: str
    attributes: tuple[str, ...]
    image_size_px: int
    channels: int
    seed: int
    data_digest: str
    ceilings: Mapping[str, float]


class ResidualJudge(nn.Module):
    """Judge A: a residual network. Its features (N, `FEATURES`) are standardised: on real images mean 0, variance 1."""

    def __init__(self, attributes: int, image_size_px: int, channels: int) -> None:
        super().__init__()
        widths = _widths(image_size_px, channels)
        self.stem = nn.Sequential(
            nn.Conv2d(3, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
        )
        self.trunk = nn.Sequential(*(_Residual(*pair) for pair in zip([channels, *widths], widths, strict=False)))
        self.features = nn.Sequential(
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(4 * widths[-1], FEATURES),
            nn.BatchNorm1d(FEATURES, affine=False),
        )
        self.head = nn.Sequential(nn.ReLU(), nn.Linear(FEATURES, attributes))

    def embed(self, images: Tensor) -> Tensor:
        """Features (N, `FEATURES`) of images (N, 3, H, W) in [-1, 1]."""
        features: Tensor = self.features(self.trunk(self.stem(images)))
        return features

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, C) of images (N, 3, H, W) in [-1, 1]."""
        logits: Tensor = self.head(self.embed(images))
        return logits


class PlainJudge(nn.Module):
    """Judge B: convolutions, each halving by max pooling, and a dense head that knows positions."""

    def __init__(self, attributes: int, image_size_px: int, channels: int) -> None:
        super().__init__()
        widths = _widths(image_size_px, channels)
        layers: list[nn.Module] = _convolution(3, channels)
        for before, after in zip([channels, *widths], widths, strict=False):
            layers += [nn.MaxPool2d(2), *_convolution(before, after)]
        self.trunk = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(widths[-1] * SMALLEST_MAP_PX**2, attributes))

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, C) of images (N, 3, H, W) in [-1, 1]."""
        logits: Tensor = self.head(self.trunk(images))
        return logits


def _convolution(before: int, after: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.LeakyReLU(0.1, inplace=True)]


class _Residual(nn.Module):
    """Halves the map: a strided 3x3 and a 3x3 convolution beside a pooled 1x1 shortcut."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, after, 3, 2, 1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
            nn.Conv2d(after, after, 3, 1, 1, bias=False),
            nn.BatchNorm2d(after),
        )
        self.shortcut = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(before, after, 1, bias=False))

    def forward(self, maps: Tensor) -> Tensor:
        return torch.relu(self.body(maps) + self.shortcut(maps))


ARCHITECTURES: Mapping[str, Callable[[int, int, int], nn.Module]] = {"residual": ResidualJudge, "plain": PlainJudge}
ARCHITECTURE_OF = {"a": "residual", "b": "plain"}


@dataclass(frozen=True)
class Judge:
    """A trained judge, in evaluation mode on its device; `digest` is of its weights."""

    network: nn.Module
    card: JudgeCard
    digest: str
    device: torch.device

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which attributes (N, C) the judge sees in images (N, H, W, 3)."""
        return predict(self.network, images, self.device)

    def features(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Features (N, `FEATURES`) of images (N, H, W, 3); judge A only."""
        embed = cast(ResidualJudge, self.network).embed
        return np.concatenate([embed(batch).double().cpu() for batch in batches(images, self.device)])


def predict(network: nn.Module, images: NDArray[np.uint8], device: torch.device) -> NDArray[np.bool_]:
    """Which attributes (N, C) a judge's network on `device` sees in images (N, H, W, 3)."""
    return np.concatenate([(network(batch) > 0).cpu() for batch in batches(images, device)])


def batches(images: NDArray[np.uint8], device: torch.device) -> Iterator[Tensor]:
    """Images (N, H, W, 3) as a network's batches, without gradients; of no images one that is empty."""
    with torch.inference_mode():
        for start in range(0, max(len(images), 1), BATCH):
            yield to_model(images[start : start + BATCH], device)


def build(card: JudgeCard) -> nn.Module:
    """A new network of the card's architecture, initialised from torch's global RNG."""
    network = ARCHITECTURES[card.architecture](len(card.attributes), card.image_size_px, card.channels)
    return network.to(memory_format=torch.channels_last)


def save(file: Path, network: nn.Module, card: JudgeCard) -> None:
    """Write the card beside `file` (.json), then the weights (.safetensors)."""
    saved_model.save(file, network, asdict(card))


def load(file: Path, device: torch.device | str = "cpu") -> Judge:
    """Read a judge and its card; BenchError if a file is missing, damaged, not finite or not its card's."""
    try:
        content = json.loads(saved_model.card_of(file).read_text(encoding="utf-8"))
        sha256 = content.pop("weights_sha256")
        card = JudgeCard(**(content | {"attributes": tuple(content["attributes"])}))
        network = build(card)
        network.load_state_dict(saved_model.read_weights(file, sha256))
    except (OSError, SafetensorError, ValueError, LookupError, TypeError, AttributeError, RuntimeError) as error:
        raise damaged(file, reason(error), "judge") from None
    network.requires_grad_(False)
    return Judge(network.eval().to(device), card, sha256[:16], torch.device(device))


def _widths(image_size_px: int, channels: int) -> list[int]:
    """Channels after each halving, down to a map of `SMALLEST_MAP_PX`: doubled twice, then kept."""
    halvings = (image_size_px // SMALLEST_MAP_PX).bit_length() - 1
    return [channels * min(2 ** (step + 1), 4) for step in range(halvings)]
