import numpy as np
import pytest
import torch

from bench.data.batches import Batches, Targets, frequencies, target_frequencies
from bench.data.store import Split
from bench.data.tensors import to_model
from bench.errors import BenchError
from bench.method import Batch


def make_split(count: int = 10, size: int = 8) -> Split:
    """A split whose image i is filled with level i, but for a bright left column."""
    images = np.empty((count, size, size, 3), np.uint8)
    images[:] = np.arange(count, dtype=np.uint8)[:, None, None, None]
    images[:, :, 0] = 255
    labels = np.random.default_rng(0).random((count, 4)) < 0.5
    return Split("train", images, labels, tuple(f"{row:06}.jpg" for row in range(count)), None)


def make_batches(split: Split, targets: Targets = "permuted", flip: bool = True, seed: int = 3) -> Batches:
    return Batches(split, 4, seed, targets, flip, "cpu")


def rows_of(batch: Batch) -> list[int]:
    return ((batch.images[:, 0, 0, 4] + 1) * 127.5).round().int().tolist()


def test_a_batch_depends_on_seed_and_step_alone() -> None:
    split = make_split()
    forward, fresh = make_batches(split), make_batches(split)
    for step in range(6):
        forward.batch(step)
    first, second = forward.batch(3), fresh.batch(3)
    assert torch.equal(first.images, second.images)
    assert torch.equal(first.targets, second.targets)
    assert torch.equal(torch.rand(5, generator=first.random), torch.rand(5, generator=second.random))
    assert not torch.equal(first.images, make_batches(split, seed=4).batch(3).images)


def test_every_image_is_seen_once_an_epoch_also_where_batches_span_two() -> None:
    batches = make_batches(make_split(10))
    rows = [row for step in range(5) for row in rows_of(batches.batch(step))]
    assert sorted(rows[:10]) == list(range(10))
    assert sorted(rows[10:]) == list(range(10))
    assert rows[:10] != rows[10:]


def test_a_split_smaller_than_a_batch_still_fills_it() -> None:
    assert make_batches(make_split(3)).batch(0).images.shape[0] == 4


def test_permuted_targets_are_the_partners_labels() -> None:
    batch = make_batches(make_split()).batch(1)
    assert batch.partner is not None
    assert sorted(batch.partner.tolist()) == [0, 1, 2, 3]
    assert torch.equal(batch.targets, batch.labels[batch.partner])


def test_bernoulli_targets_are_fair_coins_without_a_partner() -> None:
    batches = make_batches(make_split(), targets="bernoulli")
    targets = torch.cat([batches.batch(step).targets for step in range(200)])
    assert batches.batch(0).partner is None
    assert set(targets.flatten().tolist()) == {0.0, 1.0}
    assert (targets.mean(dim=0) - 0.5).abs().max() < 0.08


def test_the_choice_of_targets_leaves_images_and_flips_as_they_are() -> None:
    split = make_split()
    permuted, coins = make_batches(split).batch(2), make_batches(split, targets="bernoulli").batch(2)
    assert torch.equal(permuted.images, coins.images)


def test_half_of_the_images_are_mirrored_and_labels_follow_their_images() -> None:
    split = make_split()
    batches = make_batches(split)
    mirrored = 0
    for step in range(100):
        batch = batches.batch(step)
        mirrored += int((batch.images[:, 0, 0, -1] == 1).sum())
        assert torch.equal(batch.labels, torch.from_numpy(split.labels[rows_of(batch)].astype(np.float32)))
    assert 150 < mirrored < 250


def test_without_flips_images_come_as_they_are_and_channels_last() -> None:
    split = make_split()
    batch = make_batches(split, flip=False).batch(0)
    assert torch.equal(batch.images, to_model(split.images[rows_of(batch)], "cpu"))
    assert batch.images.is_contiguous(memory_format=torch.channels_last)


def test_batches_at_two_sizes_show_the_same_images_with_the_same_flips() -> None:
    small, large = make_batches(make_split(size=8)).batch(7), make_batches(make_split(size=16)).batch(7)
    assert torch.equal(small.images, large.images[:, :, ::2, [0, 2, 4, 6, 9, 11, 13, 15]])
    assert torch.equal(small.targets, large.targets)


def test_frequencies_are_the_labels_shares() -> None:
    split = make_split()
    assert frequencies(split) == pytest.approx(split.labels.mean(axis=0))
    assert target_frequencies(split, "permuted") == frequencies(split)
    assert target_frequencies(split, "bernoulli") == (0.5, 0.5, 0.5, 0.5)


def test_an_empty_split_is_an_error() -> None:
    with pytest.raises(BenchError, match="no images"):
        make_batches(make_split(0))
