import numpy as np
import torch

from bench.data.tensors import from_model, to_model


def test_every_level_survives_the_way_to_the_model_and_back() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)
    assert np.array_equal(from_model(to_model(levels, "cpu")), levels)


def test_model_images_span_minus_one_to_one_and_are_channels_last() -> None:
    levels = np.zeros((2, 8, 8, 3), np.uint8)
    levels[1] = 255
    images = to_model(levels, "cpu")
    assert images.shape == (2, 3, 8, 8)
    assert images.dtype == torch.float32
    assert images.is_contiguous(memory_format=torch.channels_last)
    assert (images.min().item(), images.max().item()) == (-1.0, 1.0)


def test_values_outside_the_range_are_clipped_and_others_rounded() -> None:
    images = torch.tensor([-2.0, 2.0, 0.4 / 127.5 - 1, 0.6 / 127.5 - 1]).reshape(1, 1, 2, 2).expand(1, 3, 2, 2)
    assert from_model(images)[0, :, :, 0].ravel().tolist() == [0, 255, 0, 1]


def test_a_read_only_memory_map_is_left_unchanged() -> None:
    levels = np.full((1, 8, 8, 3), 7, np.uint8)
    levels.flags.writeable = False
    to_model(levels, "cpu").zero_()
    assert (levels == 7).all()
