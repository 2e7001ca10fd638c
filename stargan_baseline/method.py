"""What StarGAN is, without torch: its readings, its variants and the loss weights that are searched."""

from bench.blocks.weights import LAMBDA_CLS, lambda_rec
from bench.method import MethodInfo, Switch, Variant

METHOD = MethodInfo(
    name=__name__.partition(".")[0],
    label="StarGAN",
    colour="#0072B2",
    source="Choi et al., StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image Translation, "
    "CVPR 2018",
    switches=(Switch("mask", default=False, choices=(False, True), summary="translate through a mask and a segment"),),
    variants=(
        Variant(
            slug="published",
            label="StarGAN (WGAN-GP, as published)",
            family="wgan_gp",
            n_critic=5,
            summary="the published StarGAN",
            searched=(LAMBDA_CLS, lambda_rec("wgan_gp")),
            fixed={"lambda_adv": 1.0, "lambda_gp": 10.0},
            switches={"mask": False},
            published_weights=True,
        ),
        Variant(
            slug="lsgan",
            label="StarGAN (LSGAN)",
            family="lsgan",
            n_critic=1,
            summary="StarGAN with the LSGAN loss, one discriminator step per generator step",
            searched=(LAMBDA_CLS, lambda_rec("lsgan")),
            fixed={"lambda_adv": 1.0},
            switches={"mask": False},
        ),
        Variant(
            slug="lsgan_mask",
            label="StarGAN (LSGAN) + mask",
            family="lsgan",
            n_critic=1,
            summary="StarGAN with the LSGAN loss and a mask, which helps any method: a control",
            searched=(LAMBDA_CLS, lambda_rec("lsgan")),
            fixed={"lambda_adv": 1.0},
            switches={"mask": True},
        ),
    ),
)
