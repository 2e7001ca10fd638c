"""A look: what attributes make of an identity — expression, face shape, colours and hair style, as numbers."""

import itertools
from collections.abc import Mapping

from bench.data.drawn.canvas import Colour, Floats, mirrored, mix, outline, scaled
from bench.data.drawn.identity import Identity

EYE_Y, NOSE_Y, MOUTH_Y = -8.0, 19.0, 37.0
HAIR_RANGES: Mapping[str, tuple[Colour, Colour]] = {
    "Black_Hair": ((0.045, 0.04, 0.045), (0.135, 0.105, 0.095)),
    "Blond_Hair": ((0.94, 0.82, 0.55), (0.74, 0.58, 0.32)),
    "Brown_Hair": ((0.215, 0.135, 0.085), (0.46, 0.29, 0.16)),
    "Gray_Hair": ((0.80, 0.80, 0.82), (0.52, 0.52, 0.54)),
}
# Ranges of faces without a label, each after the end of its part of [0, 1].
_UNNAMED_RANGES: tuple[tuple[float, tuple[Colour, Colour]], ...] = (
    (0.42, ((0.57, 0.41, 0.22), (0.66, 0.50, 0.28))),  # between brown and blond
    (0.80, ((0.50, 0.17, 0.07), (0.66, 0.27, 0.10))),  # auburn and red
    (0.91, ((0.36, 0.06, 0.12), (0.52, 0.10, 0.22))),  # dyed wine red
    (1.0, ((0.22, 0.22, 0.40), (0.36, 0.28, 0.52))),  # dyed violet
)


class Look:
    """Numbers that several parts of the picture share. Lengths in face pixels, shares in [0, 1]."""

    def __init__(self, identity: Identity, on: Mapping[str, bool]) -> None:
        """The look of `identity` with the attributes `on` (a value for each of `DRAWN`)."""
        male, hair = on["Male"], _hair_colour(identity, on)
        coloured = any(on[name] for name in HAIR_RANGES)
        covered = on["Bald"] or on["Wearing_Hat"]
        self.identity = identity
        self.on = on
        self.smile = 0.64 + 0.36 * identity.smile_strength if on["Smiling"] else 0.0  # 0 at rest, up to 1
        self.gap = 7.0 + 8.5 * identity.open_strength if on["Mouth_Slightly_Open"] else 0.0  # between the lips
        self.skin = mix(identity.skin, (0.99, 0.91, 0.88), 0.62) if on["Pale_Skin"] else identity.skin
        red, green, blue = self.skin
        self.shadow = (red * 0.56, green * 0.43, blue * 0.40)  # the skin away from the light
        self.hair = hair
        self.brow = mix(scaled(hair, 0.62), (0.12, 0.08, 0.06), 0.45)
        self.beard = mix(scaled(hair, 0.85), (0.20, 0.12, 0.08), 0.25 if coloured else 0.7)  # beards are seldom dyed
        self.has_hair = coloured or not covered or (on["Bangs"] and not on["Wearing_Hat"])
        self.length = _length(identity.hair_length, male, on["Bald"])  # where hair ends, in face coordinates y
        self.chin = 62 * identity.head_length + 0.34 * self.gap + (2.5 if male else 0.0)
        self.jaw = (38.5 if male else 32.5) + identity.jaw

    @property
    def head(self) -> Floats:
        """The outline of skull and jaw."""
        wide, tall = self.identity.head_width, self.identity.head_length
        broad = 4.0 if self.on["Male"] else 0.0
        cheek = 45 + 2.2 * self.smile
        right = (
            (0, -64 * tall), (24 * wide, -60 * tall), (42 * wide, -43 * tall), (48.5 * wide, -16), (47.5 * wide, 6),
            ((cheek + broad / 3) * wide, 25), (self.jaw * wide, self.chin - 18),
            ((15 + broad) * wide, self.chin - 3.5), (0, self.chin),
        )  # fmt: skip
        return outline(*mirrored(*right))

    @property
    def has_locks(self) -> bool:
        """Whether hair falls beside the face, or else ends at the ears."""
        return self.length >= 16

    @property
    def mouth_y(self) -> float:
        """Where the lips meet."""
        return MOUTH_Y + 0.4 * self.identity.nose_length

    def inner(self, x: float, y: float) -> tuple[float, float]:
        """A point of the inner face, moved sideways as the head turns (noses more than eyes)."""
        return x + self.identity.turn * (1.0 - abs(x) / 70), y


def _hair_colour(identity: Identity, on: Mapping[str, bool]) -> Colour:
    """The colour of this person's hair under these attributes: of its name's range, or between the names."""
    named = (ends for name, ends in HAIR_RANGES.items() if on[name])
    unnamed = (ends for part_end, ends in _UNNAMED_RANGES if identity.hair_other <= part_end)
    return mix(*next(itertools.chain(named, unnamed)), identity.hair_tone)


def _length(quantile: float, male: bool, bald: bool) -> float:
    """Where hair ends (face y): a man's is mostly at the ears, a woman's mostly below the chin."""
    if bald:
        return -2.0
    if male:
        return -2 + 14 * quantile if quantile < 0.8 else 20 + 350 * (quantile - 0.8)
    return 12 + 90 * quantile if quantile < 0.4 else 58 + 95 * (quantile - 0.4)
