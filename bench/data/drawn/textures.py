"""Banks of fixed noise, made once a process from a fixed seed; a face reads them at its own random offset."""

from functools import cache

import cv2
import numpy as np

from bench.data.drawn.canvas import HEIGHT_PX, WIDTH_PX, Floats

_SIDE = 512


def strands() -> Floats:
    """Hair (512, 512), about N(0, 1): rows run along strands, columns across; repeats at its edges."""
    return _blurred_noise(1, fine=(1.0, 48), coarse=(4.5, 70))


def mottle() -> Floats:
    """Blotches (512, 512), about N(0, 1), of two sizes."""
    return _blurred_noise(2, fine=(1.6, 1.6), coarse=(6, 6))


@cache
def _blurred_noise(seed: int, fine: tuple[float, float], coarse: tuple[float, float]) -> Floats:
    """Noise under two blurs, given across and along."""
    noise = np.random.default_rng((seed,)).standard_normal((_SIDE, _SIDE), dtype=np.float32)
    small, large = _wrapped_blur(noise, *fine), _wrapped_blur(noise[::-1], *coarse)
    result: Floats = 0.75 * small / small.std() + 0.65 * large / large.std()
    return result


@cache
def _sensor() -> Floats:
    noise = np.random.default_rng((3,)).standard_normal((_SIDE, _SIDE, 4), dtype=np.float32)
    result: Floats = 0.9 * noise[..., :1] + 0.45 * noise[..., 1:]  # mostly luminance, some colour
    return result


def sensor_noise(place: tuple[float, float]) -> Floats:
    """Noise (H, W, 3) of standard deviation 1: the window of the bank at shares `place`, in [0, 1), down and across."""
    top, left = int(place[0] * (_SIDE - HEIGHT_PX)), int(place[1] * (_SIDE - WIDTH_PX))
    return _sensor()[top : top + HEIGHT_PX, left : left + WIDTH_PX]


def read(bank: Floats, column: Floats, row: Floats) -> Floats:
    """The bank at columns and rows (same shape), to the nearest entry, repeating beyond its edges."""
    return np.asarray(cv2.remap(bank, column, row, cv2.INTER_NEAREST, borderMode=cv2.BORDER_WRAP), np.float32)


def _wrapped_blur(noise: Floats, across: float, along: float) -> Floats:
    """A Gaussian blur that repeats at its edges, through its Fourier transform."""
    rows, columns = np.fft.fftfreq(_SIDE)[:, None], np.fft.rfftfreq(_SIDE)
    response = np.exp(-2 * np.pi**2 * ((across * columns) ** 2 + (along * rows) ** 2)).astype(np.float32)
    return np.asarray(np.fft.irfft2(np.fft.rfft2(noise) * response, noise.shape), np.float32)
