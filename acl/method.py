"""What ACL-GAN is, without torch: its parts, the readings of the paper, its variants and what is searched."""

from bench.blocks.weights import LAMBDA_CLS, LAMBDA_CONTENT, lambda_rec
from bench.method import Family, GrowthStage, MethodInfo, Switch, SwitchValue, Variant

PARTS = ("attribute_loss", "content_loss", "mask", "framing", "growing")

GROWTH = (
    GrowthStage(divisor=4, start=0.0, fade=0.0),
    GrowthStage(divisor=2, start=0.2, fade=0.1),
    GrowthStage(divisor=1, start=0.4, fade=0.1),
)

SWITCHES = (
    Switch("attribute_loss", True, (True, False), "one GAN an attribute; off: adversarial and classification loss"),
    Switch("content_loss", True, (True, False), "simplified content loss; off: StarGAN's cycle reconstruction"),
    Switch("mask", True, (True, False), "the generator emits a segment and a mask; off: the image itself"),
    Switch("framing", True, (True, False), "outside a fixed window the output is the source"),
    Switch("growing", True, (True, False), "generator and discriminator grow from a low resolution"),
    # Readings of the paper.
    Switch("complement", True, (True, False), "activation [att, 1 - att]; false: att alone, as printed"),
    Switch("attribute_head", "full_field", ("full_field", "patch"), "the discriminator's attribute outputs"),
    Switch(
        "attribute_weighting",
        "joint",
        ("joint", "conditional"),
        "joint: the vector form as printed; conditional: each attribute's terms divided by its constant frequency",
    ),
    Switch(
        "content_form",
        "translation",
        ("translation", "mask_area", "identity"),
        "|x - G(x, att')|; the mean mask, where there is a mask; |x - G(x, att)|, a second pass",
    ),
    Switch(
        "penalty_form",
        "active_mean",
        ("active_mean", "all_mean", "per_attribute"),
        "WGAN-GP penalty of the mean active output, of the mean output, or of every active output",
    ),
    Switch("frame_edge", "soft", ("soft", "hard"), "edge of the framing window"),
    Switch("frame_width", 0.0625, (), "border outside the framing window, as a share of the image side; 0: no frame"),
)


def _variant(
    slug: str,
    label: str,
    summary: str,
    parts: tuple[str, ...],
    family: Family = "lsgan",
    n_critic: int = 1,
    penalty_form: str = "",
) -> Variant:
    """The variant that has the named parts, and a reading of its own where it names a `penalty_form`.

    What is searched and fixed follows from the parts.
    """
    attribute, content = "attribute_loss" in parts, "content_loss" in parts
    searched = () if attribute else (LAMBDA_CLS,)
    fixed = {"lambda_att" if attribute else "lambda_adv": 1.0}
    switches: dict[str, SwitchValue] = {part: part in parts for part in PARTS}
    if penalty_form:
        switches["penalty_form"] = penalty_form
    return Variant(
        slug=slug,
        label=label,
        family=family,
        n_critic=n_critic,
        summary=summary,
        searched=(*searched, LAMBDA_CONTENT if content else lambda_rec(family)),
        fixed=fixed | ({"lambda_gp": 10.0} if family == "wgan_gp" else {}),
        switches=switches,
        growth=GROWTH if "growing" in parts else (),
    )


def _without(label: str, *parts: str) -> Variant:
    """The whole method but for some parts."""
    return _variant(
        "without_" + "_".join(part.removesuffix("_loss") for part in parts),
        f"ACL-GAN - {label}",
        f"the whole method but for {label}",
        tuple(part for part in PARTS if part not in parts),
    )


METHOD = MethodInfo(
    name=__name__.partition(".")[0],
    label="ACL-GAN",
    colour="#D55E00",
    source="Cho & Yoon, ACL-GAN: Image-to-Image translation GAN with enhanced learning and hyper-parameter searching "
    "speed using new loss function",
    switches=SWITCHES,
    variants=(
        _variant("plus_attribute", "+ attribute loss", "attribute loss, cycle reconstruction kept", PARTS[:1]),
        _variant(
            "plus_attribute_mask",
            "+ attribute loss, mask",
            "attribute loss and mask, cycle reconstruction kept: StarGAN with a mask but for the loss",
            ("attribute_loss", "mask"),
        ),
        _variant(
            "plus_attribute_wgangp",
            "+ attribute loss (WGAN-GP)",
            "attribute loss in WGAN-GP form, cycle reconstruction kept",
            PARTS[:1],
            family="wgan_gp",
            n_critic=5,
        ),
        _variant(
            "plus_attribute_penalties",
            "+ attribute loss (WGAN-GP, a penalty per attribute)",
            "attribute loss in WGAN-GP form with one gradient penalty per attribute: what the other reading costs",
            PARTS[:1],
            family="wgan_gp",
            n_critic=5,
            penalty_form="per_attribute",
        ),
        _variant("plus_content", "+ content loss", "attribute loss and simplified content loss", PARTS[:2]),
        _variant("plus_mask", "+ mask", "attribute loss, content loss and mask", PARTS[:3]),
        _variant("plus_framing", "+ framing", "all parts but growing", PARTS[:4]),
        _variant("full", "ACL-GAN (all parts)", "the whole method: all five parts", PARTS),
        _without("attribute loss", "attribute_loss"),
        _without("content loss", "content_loss"),
        _without("mask", "mask"),
        _without("framing", "framing"),
        _without("mask and framing", "mask", "framing"),
    ),
)
