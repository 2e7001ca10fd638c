"""Hair colours: a range for every name, colours between the names for faces without a label."""

from __future__ import annotations

from collections.abc import Mapping

from bench.data.drawn.canvas import Colour, mix
from bench.data.drawn.identity import Identity

HAIR_RANGES: Mapping[str, tuple[Colour, Colour]] = {
    "Black_Hair": ((0.045, 0.04, 0.045), (0.135, 0.105, 0.095)),
    "Blond_Hair": ((0.94, 0.82, 0.55), (0.74, 0.58, 0.32)),
    "Brown_Hair": ((0.215, 0.135, 0.085), (0.46, 0.29, 0.16)),
    "Gray_Hair": ((0.80, 0.80, 0.82), (0.52, 0.52, 0.54)),
}
_UNNAMED: tuple[tuple[Colour, Colour], ...] = (
    ((0.57, 0.41, 0.22), (0.66, 0.50, 0.28)),  # between brown and blond
    ((0.50, 0.17, 0.07), (0.66, 0.27, 0.10)),  # auburn and red
    ((0.36, 0.06, 0.12), (0.52, 0.10, 0.22)),  # dyed wine red
    ((0.22, 0.22, 0.40), (0.36, 0.28, 0.52)),  # dyed violet
)
_UNNAMED_SHARES = (0.42, 0.80, 0.91, 1.0)  # cumulative


def hair_colour(identity: Identity, on: Mapping[str, bool]) -> Colour:
    """The colour of this person's hair under these attributes."""
    for name in HAIR_RANGES:
        if on[name]:
            return mix(*HAIR_RANGES[name], identity.hair_tone)
    index = next(i for i, share in enumerate(_UNNAMED_SHARES) if identity.hair_other <= share)
    return mix(*_UNNAMED[index], identity.hair_tone)
