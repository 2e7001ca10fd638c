"""Packed uint8 images to a model's floats and back."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

HALF_RANGE = 127.5


def to_device(array: NDArray[np.generic], device: torch.device | str) -> Tensor:
    """`array` as a tensor of its dtype on `device`; a GPU receives it without a host sync."""
    tensor = torch.from_numpy(array if array.flags.writeable else array.copy())
    if torch.device(device).type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def to_model(images: NDArray[np.uint8], device: torch.device | str) -> Tensor:
    """Images (N, H, W, 3), 0..255, as (N, 3, H, W) float32 in [-1, 1], channels_last in memory."""
    return normalise(to_device(images, device))


def normalise(images: Tensor) -> Tensor:
    """A uint8 tensor (N, H, W, 3) as (N, 3, H, W) float32 in [-1, 1], channels_last in memory."""
    return images.permute(0, 3, 1, 2).to(torch.float32).div_(HALF_RANGE).sub_(1.0)


def from_model(images: Tensor) -> NDArray[np.uint8]:
    """Images (N, 3, H, W) in [-1, 1] as (N, H, W, 3) uint8: rounded, and clipped to 0..255. Inverse of `to_model`."""
    levels = images.detach().float().add(1.0).mul(HALF_RANGE).round().clamp(0, 255).to(torch.uint8)
    array: NDArray[np.uint8] = levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return array
