"""Loss weights that methods share, with their defaults and search ranges: one decade to either side of the default.

WGAN-GP takes StarGAN's published values. The LSGAN form has losses and gradients of another scale, and nobody has
published weights for it: there both methods' image distances (λ_rec here, ACL-GAN's λ_content) start from 1. One pilot
chose it for both alike: of 1 and 10, the value with the higher quality on the valid split after 500 steps of the demo.
"""

from bench.method import Family, LossWeight

LAMBDA_CLS = LossWeight("lambda_cls", default=1.0, low=0.1, high=10.0)
LAMBDA_CONTENT = LossWeight("lambda_content", default=1.0, low=0.1, high=10.0)


def lambda_rec(family: Family) -> LossWeight:
    """The weight of the cycle reconstruction: 10 as published in WGAN-GP form, 1 in LSGAN form."""
    default = 10.0 if family == "wgan_gp" else 1.0
    return LossWeight("lambda_rec", default, default / 10, default * 10)
