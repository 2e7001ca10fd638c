import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.linalg import sqrtm
from torch_fidelity import metric_fid, metric_kid, metric_prc

from bench.evaluation.distances import frechet_distance, halves_mmd, mean_kernel, paired_mmd, polynomial_kernel

Array = NDArray[np.float64]


def clouds(seed: int, first: int = 40, second: int = 30, size: int = 5, shift: float = 0.4) -> tuple[Array, Array]:
    random = np.random.default_rng(seed)
    return random.normal(size=(first, size)), random.normal(shift, 1.3, size=(second, size))


def kernel_by_hand(x: Array, y: Array) -> float:
    return float((sum(a * b for a, b in zip(x, y, strict=True)) / len(x) + 1) ** 3)


def test_paired_mmd_equals_a_double_loop_that_never_compares_an_edit_with_its_own_identity() -> None:
    x, y = clouds(0, 12, 12)
    total = 0.0
    for i in range(12):
        for j in range(12):
            if i != j:
                total += kernel_by_hand(x[i], x[j]) + kernel_by_hand(y[i], y[j])
                total -= kernel_by_hand(x[i], y[j]) + kernel_by_hand(x[j], y[i])
    mmd = paired_mmd(polynomial_kernel(x, x), polynomial_kernel(x, y), polynomial_kernel(y, y))
    assert mmd == pytest.approx(total / (12 * 11))


def test_paired_mmd_is_torch_fidelitys_u_statistic() -> None:
    x, y = clouds(1, 25, 25)
    kernels = polynomial_kernel(x, x), polynomial_kernel(x, y), polynomial_kernel(y, y)
    assert paired_mmd(*kernels) == pytest.approx(metric_kid.mmd2(*kernels, mmd_est="u-statistic"))


def test_paired_mmd_of_a_set_with_itself_is_zero() -> None:
    kernel = polynomial_kernel(*clouds(2, 20, 20)[:1] * 2)
    assert paired_mmd(kernel, kernel, kernel) == 0.0


def test_pairing_does_not_bias_the_mmd_and_lowers_its_variance() -> None:
    random = np.random.default_rng(3)
    paired: list[float] = []
    independent: list[float] = []
    for _ in range(400):
        faces, others = random.normal(size=(2, 30, 4))
        edited = faces + 0.5 + 0.1 * random.normal(size=faces.shape)
        for other, distances in ((faces, paired), (others, independent)):
            kernels = (
                polynomial_kernel(edited, edited),
                polynomial_kernel(edited, other),
                polynomial_kernel(other, other),
            )
            distances.append(paired_mmd(*kernels))
    error = np.std(independent) / np.sqrt(len(independent))
    assert abs(np.mean(paired) - np.mean(independent)) < 3 * error
    assert np.std(paired) < 0.7 * np.std(independent)


def test_a_set_is_at_no_distance_from_its_own_half_on_average() -> None:
    x, _ = clouds(4, 60)
    kernel = polynomial_kernel(x, x)
    random = np.random.default_rng(0)
    floors = [halves_mmd(kernel, random.permutation(60)) for _ in range(400)]
    assert abs(np.mean(floors)) < 4 * np.std(floors) / np.sqrt(400)


def test_halves_mmd_equals_torch_fidelitys_unbiased_estimate() -> None:
    x, _ = clouds(5, 20)
    first, second = x[:10], x[10:]
    kernels = polynomial_kernel(first, first), polynomial_kernel(first, second), polynomial_kernel(second, second)
    mmd = halves_mmd(polynomial_kernel(x, x), np.arange(20))
    assert mmd == pytest.approx(metric_kid.mmd2(*kernels, mmd_est="unbiased"))


def test_frechet_distance_equals_torch_fidelitys_and_a_matrix_square_root() -> None:
    x, y = clouds(6, 80, 70)
    statistics = [metric_fid.fid_features_to_statistics(torch.from_numpy(features)) for features in (x, y)]
    theirs = metric_fid.fid_statistics_to_metric(*statistics, verbose=False)[metric_fid.KEY_METRIC_FID]
    covariances = [np.cov(features.T) for features in (x, y)]
    shift = x.mean(axis=0) - y.mean(axis=0)
    by_root = shift @ shift + np.trace(
        covariances[0] + covariances[1] - 2 * sqrtm(covariances[0] @ covariances[1]).real
    )
    assert frechet_distance(x, y) == pytest.approx(theirs, rel=1e-6)
    assert frechet_distance(x, y) == pytest.approx(by_root, rel=1e-6)


def test_frechet_distance_of_shifted_gaussians_is_the_squared_shift() -> None:
    x, _ = clouds(7, 50)
    assert frechet_distance(x, x + 2.0) == pytest.approx(4.0 * x.shape[1], rel=1e-6)


def test_kid_of_whole_sets_equals_torch_fidelitys_and_a_double_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = clouds(8, 14, 14)
    theirs = metric_kid.kid_features_to_metric(
        torch.from_numpy(x), torch.from_numpy(y), kid_subsets=1, kid_subset_size=14, verbose=False
    )[metric_kid.KEY_METRIC_KID_MEAN]
    within = sum(kernel_by_hand(a[i], a[j]) / (14 * 13) for a in (x, y) for i in range(14) for j in range(14) if i != j)
    across = sum(kernel_by_hand(a, b) / 14**2 for a in x for b in y)
    monkeypatch.setattr("bench.evaluation.distances.BLOCK", 5)  # the blocks change nothing
    kid = mean_kernel(x) + mean_kernel(y) - 2 * mean_kernel(x, y)
    assert kid == pytest.approx(theirs)
    assert kid == pytest.approx(within - 2 * across)


def test_the_mean_kernel_of_sets_of_other_sizes_counts_every_pair_once() -> None:
    x, y = clouds(10, 9, 5)
    assert mean_kernel(x, y) == pytest.approx(np.mean([kernel_by_hand(a, b) for a in x for b in y]))
    pairs = [kernel_by_hand(x[i], x[j]) for i in range(9) for j in range(9) if i != j]
    assert mean_kernel(x) == pytest.approx(np.mean(pairs))


def test_torch_fidelitys_precision_and_recall_equal_brute_force() -> None:
    edits, reals = clouds(9, 30, 40, shift=1.0)
    precision_recall = metric_prc.prc_features_to_metric(
        torch.from_numpy(edits), torch.from_numpy(reals), prc_neighborhood=3, verbose=False
    )

    def share_within(points: Array, balls: Array) -> float:
        radii = [sorted(np.linalg.norm(centre - balls, axis=1))[3] for centre in balls]
        return float(np.mean([(np.linalg.norm(point - balls, axis=1) <= radii).any() for point in points]))

    assert precision_recall[metric_prc.KEY_METRIC_PRECISION] == pytest.approx(share_within(edits, reals))
    assert precision_recall[metric_prc.KEY_METRIC_RECALL] == pytest.approx(share_within(reals, edits))
