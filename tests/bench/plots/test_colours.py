"""Colours can be seen by everyone: WCAG 2 AA, on light and dark paper and in print."""

import re

import pytest

from bench import registry
from bench.plots.kit import theme as _style
from tests import ROOT

STYLE = (ROOT / "bench" / "report" / "style.css").read_text(encoding="utf-8")
THEMES = {
    name: dict(re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})", block))
    for name, block in zip(("light", "dark", "print"), re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL), strict=True)
}


def long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


def contrast(colour: str, ground: str) -> float:
    """Contrast of two colours, 1 to 21, after WCAG 2."""
    low, high = sorted((_style.luminance(colour), _style.luminance(ground)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0072b2", "#0072b2", 1.0)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["ink", "quiet", "link", "yes", "no", "open"])
def test_text_stands_out_from_its_ground(theme: str, text: str) -> None:
    colours = THEMES[theme]
    for ground in ("paper", "raised"):
        assert contrast(long(colours[text]), long(colours[ground])) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_every_variant_stands_out_from_the_paper(theme: str) -> None:
    for method, info in registry.methods().items():
        for variant in info.variants:
            look = _style.look(f"{method}.{variant.slug}")
            assert contrast(look.colour, long(THEMES[theme]["paper"])) >= 3, look.label


def test_the_variants_of_a_method_differ_in_shade_and_in_marker_or_line() -> None:
    for method, info in registry.methods().items():
        looks = [_style.look(f"{method}.{variant.slug}") for variant in info.variants]
        assert len({look.colour for look in looks}) == len(looks)
        assert len({(look.marker, look.line) for look in looks}) == len(looks)


def test_a_shade_keeps_the_methods_colour_in_the_middle() -> None:
    assert _style.luminance(_style.shade("#0072b2", 0, 1)) == pytest.approx(0.194, abs=0.005)


def test_a_labelled_variant_has_its_variants_colour_and_a_marker_and_name_of_its_own() -> None:
    plain, labelled = (_style.look(f"acl.{slug}") for slug in ("full", "full__short"))
    assert labelled.colour == plain.colour
    assert labelled.marker != plain.marker
    assert labelled.label == f"{plain.label}, short"
    assert _style.owner(_style.shuffled_control("acl.full__short")) == "acl.full__short"
