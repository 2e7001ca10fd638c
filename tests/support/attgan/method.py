"""What AttGAN is, without torch."""

from bench.method import LossWeight, MethodInfo, Switch, Variant

METHOD = MethodInfo(
    name=__name__.partition(".")[0],
    label="AttGAN",
    colour="#009E73",
    source="He et al., AttGAN: Facial Attribute Editing by Only Changing What You Want, IEEE TIP 2019",
    switches=(Switch("skip", default=True, choices=(False, True), summary="a connection past the latent code"),),
    variants=(
        Variant(
            slug="plain",
            label="AttGAN (LSGAN)",
            family="lsgan",
            n_critic=1,
            summary="reconstruction under the own attributes, classification, LSGAN",
            searched=(
                LossWeight("lambda_own", default=10.0, low=1.0, high=100.0),
                LossWeight("lambda_cls_generator", default=1.0, low=0.1, high=10.0),
                LossWeight("lambda_cls_discriminator", default=1.0, low=0.1, high=10.0),
            ),
            fixed={"lambda_adv": 1.0},
        ),
    ),
)
