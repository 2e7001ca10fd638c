"""How a drawing becomes a translation: mask and framing window over the source image."""

from __future__ import annotations

import torch
from torch import Tensor

from bench.blocks.generator import Drawing
from bench.method import Translation


def frame_window(images: Tensor, width: float, soft: bool) -> Tensor:
    """The framing window w (1, 1, H, W) for images (B, 3, H, W): 0 on an outer border, 1 inside.

    `width` in [0, 0.5) is the border's share of the side; 0 gives ones. The soft edge rises from 0 to 1 over another
    `width`.
    """
    if width == 0:
        return torch.ones(1, 1, *images.shape[2:], device=images.device, dtype=images.dtype)
    rows, columns = (_ramp(side, width, soft, images) for side in images.shape[2:])
    return torch.minimum(rows[:, None], columns[None, :])[None, None]


def compose(source: Tensor, drawing: Drawing, window: Tensor | None = None) -> Translation:
    """(w·m)·s + (1 - w·m)·x, exactly x where w·m is 0; the segment itself where there is neither mask nor window.

    The translation's mask is w·m. Without a mask m is 1, and the translation shows no mask.
    """
    segment, mask = drawing
    if mask is not None and window is not None:
        mask = window * mask
    weight = window if mask is None else mask
    if weight is None:
        return Translation(segment)
    return Translation(torch.lerp(source, segment, weight), mask, segment)


def _ramp(side: int, width: float, soft: bool, like: Tensor) -> Tensor:
    """The window along one axis (side,), from each pixel centre's distance to the nearer border."""
    centres = (torch.arange(side, device=like.device, dtype=like.dtype) + 0.5) / side
    inside = torch.minimum(centres, 1 - centres) - width
    return (inside / width).clamp(0, 1) if soft else (inside >= 0).to(like.dtype)
