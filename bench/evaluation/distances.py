"""Distances between two sets of features, in numpy.

torch-fidelity has them too, but importing it imports torchvision, which every search and training process would wait
for; and its KID of whole sets holds all three kernels in memory. Tests hold these functions to torch-fidelity's.
"""

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]
BLOCK = 2048


def polynomial_kernel(x: Features, y: Features) -> Features:
    """KID's kernel (x·y / D + 1)^3 of features (m, D) and (n, D), as (m, n)."""
    kernel: Features = (x @ y.T / x.shape[1] + 1.0) ** 3
    return kernel


def paired_mmd(xx: Features, xy: Features, yy: Features) -> float:
    """The squared MMD as a U-statistic over pairs i != j, from kernel matrices (m, m); unbiased, can be negative.

    x_i is never compared with y_i (Gretton et al. 2012, equation 4). Where x_i is an edit of face i and y_i the true
    counterfactual of the same face, every edit is compared with the counterfactuals of other identities only, and what
    the two sets share in faces, poses and backgrounds cancels. It is 0 for x = y.
    """
    return _off_diagonal_mean(xx + yy - xy - xy.T)


def halves_mmd(kernel: Features, order: NDArray[np.int64]) -> float:
    """The unbiased squared MMD between the two halves that `order` cuts a set into; `kernel` (m, m) is its own."""
    half = len(order) // 2
    first, second = order[:half], order[half : 2 * half]
    within = sum(_off_diagonal_mean(kernel[np.ix_(part, part)]) for part in (first, second))
    return within - 2.0 * float(kernel[np.ix_(first, second)].mean())


def mean_kernel(x: Features, y: Features | None = None) -> float:
    """Mean of KID's kernel over all pairs of `x` (m, D) and `y` (n, D); of `x` alone: over its pairs i != j.

    KID, the unbiased squared MMD (Gretton et al. 2012, equation 3), is mean_kernel(x) + mean_kernel(y) - 2
    mean_kernel(x, y). No more than `BLOCK` rows of the kernel are in memory at a time.
    """
    total = sum(
        float(polynomial_kernel(x[start : start + BLOCK], x if y is None else y).sum())
        for start in range(0, len(x), BLOCK)
    )
    if y is not None:
        return total / (len(x) * len(y))
    diagonal = float((((x * x).mean(axis=1) + 1.0) ** 3).sum())
    return (total - diagonal) / (len(x) * (len(x) - 1))


def frechet_distance(x: Features, y: Features) -> float:
    """|mean x - mean y|^2 + tr(Cx + Cy - 2 (Cx Cy)^(1/2)): the Fréchet distance of the two fitted Gaussians."""
    covariances = [np.atleast_2d(np.cov(features, rowvar=False)) for features in (x, y)]
    roots = np.sqrt(np.linalg.eigvals(covariances[0] @ covariances[1]).astype(complex)).real
    shift = x.mean(axis=0) - y.mean(axis=0)
    return float(shift @ shift + sum(np.trace(covariance) for covariance in covariances) - 2.0 * roots.sum())


def _off_diagonal_mean(kernel: Features) -> float:
    return float((kernel.sum() - np.trace(kernel)) / (len(kernel) * (len(kernel) - 1)))
