"""The identity of a drawn face: everything about it that its attributes do not say, drawn independently of them."""

import math
from dataclasses import dataclass

import numpy as np

from bench.data.drawn.canvas import Colour, Frame, mix

Entropy = tuple[int, int, int]
_SKIN: tuple[Colour, ...] = (
    (0.97, 0.82, 0.72), (0.93, 0.74, 0.61), (0.84, 0.62, 0.47), (0.66, 0.45, 0.33), (0.44, 0.29, 0.21),
)  # fmt: skip
_IRIS: tuple[Colour, ...] = (
    (0.26, 0.15, 0.08), (0.36, 0.24, 0.12), (0.36, 0.42, 0.22), (0.25, 0.45, 0.62), (0.45, 0.52, 0.56),
)  # fmt: skip


@dataclass(frozen=True)
class Identity:
    """Who is drawn, where and in what light. Lengths in face pixels, shares in [0, 1], colours in [0, 1]."""

    entropy: Entropy
    frame: Frame
    turn: float  # sideways shift of the inner face: the head turns a little
    skin: Colour
    light: tuple[float, float, float]  # unit vector towards the light; x right, y down, z towards the viewer
    light_colour: Colour
    head_width: float  # factors of head shape
    head_length: float
    jaw: float
    eye_gap: float
    eye_size: float
    eye_tilt: float
    iris: Colour
    gaze: float
    brow_height: float
    brow_arch: float
    nose_width: float
    nose_length: float
    mouth_width: float
    lip_fullness: float
    rest_curve: float  # corners of the unsmiling mouth: > 0 is a hint of a smile
    smile_strength: float
    open_strength: float
    hair_tone: float  # place within the range of a hair colour's name
    hair_other: float  # which colour hair has when no label names one
    hair_length: float  # quantile among faces of the same sex
    hair_volume: float
    hairline: float
    parting: float  # -1 left … 1 right
    wave_phase: float
    beard_length: float
    glasses_style: float
    glasses_colour: Colour
    hat_colour: Colour
    age_depth: float
    noise: float  # standard deviation of sensor noise, in grey levels
    sharpness: float  # standard deviation of the lens blur, in pixels
    jpeg_quality: int
    noise_place: tuple[float, float]  # where in the bank of sensor noise its window lies
    strand_place: tuple[float, float]  # where in the bank of strands its hair begins

    def stream(self, part: int) -> np.random.Generator:
        """The random numbers of one part of the picture: the same for every set of attributes."""
        return np.random.default_rng((*self.entropy, part))


def sample(entropy: Entropy, random: np.random.Generator) -> Identity:
    """An identity; `entropy` also seeds the streams of its parts."""
    uniform, normal = random.uniform, random.normal
    frame = Frame(
        _bounded(normal(1.08, 0.06), 0.92, 1.24),
        _bounded(normal(0, 5), -14, 14),
        (89 + _bounded(normal(0, 4), -11, 11), 116 + _bounded(normal(0, 4), -10, 10)),
    )
    side = uniform(-0.75, 0.75)
    light = (side, uniform(-0.75, -0.1), uniform(0.6, 1.0))
    length = math.hypot(*light)
    warmth = normal(0, 0.05)
    return Identity(
        entropy=entropy,
        frame=frame,
        turn=_bounded(normal(0, 2.5), -6, 6),
        skin=_along(_SKIN, random.beta(1.1, 2.2), normal(0, 0.015)),
        light=(light[0] / length, light[1] / length, light[2] / length),
        light_colour=(1 + float(warmth), 1.0, 1 - float(warmth)),
        head_width=normal(1, 0.035),
        head_length=normal(1, 0.03),
        jaw=normal(0, 1.6),
        eye_gap=normal(21.5, 1.0),
        eye_size=normal(1, 0.08),
        eye_tilt=normal(0.8, 0.8),
        iris=_along(_IRIS, random.beta(1, 1.7), 0),
        gaze=normal(0, 1.1),
        brow_height=normal(0, 1.2),
        brow_arch=normal(2.4, 0.8),
        nose_width=normal(1, 0.1),
        nose_length=normal(0, 1.6),
        mouth_width=normal(18.6, 1.3),
        lip_fullness=_bounded(normal(1, 0.18), 0.6, 1.5),
        rest_curve=normal(0.2, 0.8),
        smile_strength=random.beta(4.0, 1.5),
        open_strength=random.beta(3.2, 1.4),
        hair_tone=random.random(),
        hair_other=random.random(),
        hair_length=random.random(),
        hair_volume=random.beta(2, 2.5),
        hairline=normal(0, 2.0),
        parting=uniform(-1, 1),
        wave_phase=uniform(0, 2 * np.pi),
        beard_length=random.random(),
        glasses_style=random.random(),
        glasses_colour=_object_colour(random, 0.35),
        hat_colour=_object_colour(random, 0.9),
        age_depth=random.beta(3, 1.5),
        noise=uniform(1.0, 5.0),
        sharpness=uniform(0.45, 0.8),
        jpeg_quality=int(random.integers(85, 96)),
        noise_place=(random.random(), random.random()),
        strand_place=(uniform(0, 512), uniform(0, 512)),
    )


def _bounded(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def _along(anchors: tuple[Colour, ...], place: float, tint: float) -> Colour:
    """The colour at `place` in [0, 1] of a chain of anchors, redder by `tint`."""
    position = min(place, 0.9999) * (len(anchors) - 1)
    index = int(position)
    red, green, blue = mix(anchors[index], anchors[index + 1], position - index)
    return red, green - tint / 2, blue - tint


def _object_colour(random: np.random.Generator, brightest: float) -> Colour:
    grey = random.uniform(0.04, brightest)
    red, green, blue = np.clip(grey + random.normal(0, 0.12, 3) * brightest, 0.02, 0.97)
    return float(red), float(green), float(blue)
