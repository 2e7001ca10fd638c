"""The identity of a drawn face: everything about it that its attributes do not say, drawn independently of them."""

import math

import numpy as np

from bench.data.drawn.canvas import Colour, Frame, mix

Entropy = tuple[int, int, int]
_SKIN: tuple[Colour, ...] = (
    (0.97, 0.82, 0.72), (0.93, 0.74, 0.61), (0.84, 0.62, 0.47), (0.66, 0.45, 0.33), (0.44, 0.29, 0.21),
)  # fmt: skip
_IRIS: tuple[Colour, ...] = (
    (0.26, 0.15, 0.08), (0.36, 0.24, 0.12), (0.36, 0.42, 0.22), (0.25, 0.45, 0.62), (0.45, 0.52, 0.56),
)  # fmt: skip


class Identity:
    """Who is drawn, where and in what light. Lengths in face pixels, shares in [0, 1], colours in [0, 1]."""

    def __init__(self, entropy: Entropy, random: np.random.Generator) -> None:
        """Drawn from `random`; `entropy` also seeds the streams of its parts."""
        uniform, normal, beta = random.uniform, random.normal, random.beta
        self.entropy = entropy
        self.frame = Frame(
            _bounded(normal(1.08, 0.06), 0.92, 1.24),
            _bounded(normal(0, 5), -14, 14),
            (89 + _bounded(normal(0, 4), -11, 11), 116 + _bounded(normal(0, 4), -10, 10)),
        )
        x, y, z = uniform(-0.75, 0.75), uniform(-0.75, -0.1), uniform(0.6, 1.0)
        length = math.hypot(x, y, z)
        # Unit vector towards the light; x right, y down, z towards the viewer.
        self.light = (x / length, y / length, z / length)
        warmth = normal(0, 0.05)
        self.light_colour: Colour = (1 + float(warmth), 1.0, 1 - float(warmth))
        self.turn = _bounded(normal(0, 2.5), -6, 6)  # sideways shift of the inner face: the head turns a little
        self.skin = _along(_SKIN, beta(1.1, 2.2), normal(0, 0.015))
        self.head_width = normal(1, 0.035)  # factors of head shape
        self.head_length = normal(1, 0.03)
        self.jaw = normal(0, 1.6)
        self.eye_gap = normal(21.5, 1.0)
        self.eye_size = normal(1, 0.08)
        self.eye_tilt = normal(0.8, 0.8)
        self.iris = _along(_IRIS, beta(1, 1.7), 0)
        self.gaze = normal(0, 1.1)
        self.brow_height = normal(0, 1.2)
        self.brow_arch = normal(2.4, 0.8)
        self.nose_width = normal(1, 0.1)
        self.nose_length = normal(0, 1.6)
        self.mouth_width = normal(18.6, 1.3)
        self.lip_fullness = _bounded(normal(1, 0.18), 0.6, 1.5)
        self.rest_curve = normal(0.2, 0.8)  # corners of the unsmiling mouth: > 0 is a hint of a smile
        self.smile_strength = beta(4.0, 1.5)
        self.open_strength = beta(3.2, 1.4)
        self.hair_tone = random.random()  # place within the range of a hair colour's name
        self.hair_other = random.random()  # which colour hair has when no label names one
        self.hair_length = random.random()  # quantile among faces of the same sex
        self.hair_volume = beta(2, 2.5)
        self.hairline = normal(0, 2.0)
        self.parting = uniform(-1, 1)  # -1 left … 1 right
        self.wave_phase = uniform(0, 2 * np.pi)
        self.beard_length = random.random()
        self.glasses_style = random.random()
        self.glasses_colour = _object_colour(random, 0.35)
        self.hat_colour = _object_colour(random, 0.9)
        self.age_depth = beta(3, 1.5)
        self.noise = uniform(1.0, 5.0)  # standard deviation of sensor noise, in grey levels
        self.sharpness = uniform(0.45, 0.8)  # standard deviation of the lens blur, in pixels
        self.jpeg_quality = int(random.integers(85, 96))
        self.noise_place = (random.random(), random.random())  # where in the bank of sensor noise its window lies
        self.strand_place = (uniform(0, 512), uniform(0, 512))  # where in the bank of strands its hair begins

    def stream(self, part: int) -> np.random.Generator:
        """The random numbers of one part of the picture: the same for every set of attributes."""
        return np.random.default_rng((*self.entropy, part))


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
