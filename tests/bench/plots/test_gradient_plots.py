"""The figures of the gradient experiments: every term is there, what knows no target is quiet, the finding is told."""

import pandas as pd
import pytest

from bench.analysis import over_seeds
from bench.plots import gradients_in_training, gradients_of_images, gradients_of_points
from bench.plots.kit import gradient_lines, theme
from bench.plots.kit.render import Inputs
from tests.support.made_pools import made_settings
from tests.support.made_tables import gradients

CONTROLS = {"control: oracle classifier", "control: random direction"}


@pytest.fixture
def inputs() -> Inputs:
    rows = gradients()
    return Inputs(made_settings(), {"gradients": rows, "gradient_means": over_seeds.gradient_means(rows)})


def test_points_show_every_term_of_a_discriminator_and_quiet_controls(inputs: Inputs) -> None:
    figure = gradients_of_points.draw(inputs)
    assert len(figure.axes) == 3
    for axis, controls in zip(figure.axes, (True, True, False), strict=True):
        drawn = {str(line.get_label()): str(line.get_color()) for line in axis.lines}
        assert {label.rpartition(": ")[2] for label in drawn if label not in CONTROLS} == {
            "adversarial", "attribute", "classification",
        }  # fmt: skip
        assert (set(drawn) >= CONTROLS) == controls
        quiet = {label for label, colour in drawn.items() if colour == theme.QUIET}
        assert quiet - CONTROLS == {"StarGAN (LSGAN): adversarial"}


def test_images_have_a_row_for_each_term_and_control(inputs: Inputs) -> None:
    (first, _) = gradients_of_images.draw(inputs).axes
    names = [label.get_text() for label in first.get_yticklabels()]
    assert set(names) >= CONTROLS
    assert {name.rpartition(": ")[2] for name in names if name not in CONTROLS} == {
        "adversarial", "attribute", "classification", "reconstruction", "without gradient",
    }  # fmt: skip


def test_a_term_without_a_gradient_keeps_its_place_in_the_legend(inputs: Inputs) -> None:
    legends = [axis.get_legend() for axis in gradients_in_training.draw(inputs).axes]
    shown = {text.get_text() for legend in legends if legend for text in legend.get_texts()}
    assert shown == {
        "adversarial", "classification", "reconstruction", "attribute", "without gradient (no gradient)",
    }  # fmt: skip


def test_quiet_are_the_terms_that_say_nothing_of_any_attribute(inputs: Inputs) -> None:
    assert gradient_lines.untargeted(inputs.tables["gradient_means"]) == {
        ("stargan_baseline.lsgan", "adversarial"),
        ("stargan_baseline.lsgan", "reconstruction"),
        ("acl.plus_attribute", "without_gradient"),
    }


def test_findings_name_the_losses_that_know_a_target(inputs: Inputs) -> None:
    rows = inputs.tables["gradient_means"]
    means = rows[rows["measure"] == "cosine"].set_index(["experiment", "setting", "loss"])["mean"]
    far = gradients_of_points.finding(inputs)
    assert far.startswith("Cosine with the way to the target 8 standard deviations away: attribute")
    assert f"classification {means['points_at_source', '0', 'classification']:.2f}" in far
    images = gradients_of_images.finding(inputs)
    assert f"early: attribute {means['images', 'early', 'attribute']:.2f}" in images
    assert "adversarial" not in far + images
    assert "times apart" in gradients_in_training.finding(inputs)


def test_without_the_experiments_the_figures_say_so_and_have_no_finding() -> None:
    none = Inputs(
        made_settings(),
        {"gradients": gradients()[:0], "gradient_means": over_seeds.gradient_means(pd.DataFrame(gradients()[:0]))},
    )
    for plot in (gradients_of_points, gradients_of_images, gradients_in_training):
        assert plot.finding(none) == ""
        assert [text.get_text() for text in plot.draw(none).texts] == [gradient_lines.NOTHING]
