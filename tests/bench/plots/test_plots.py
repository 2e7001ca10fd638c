"""Every plot draws from the contract's tables, whatever was run, and changes nothing it is given."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bench import registry
from bench.errors import BenchError
from bench.plots.kit import face_grids, order, render, theme, words
from bench.plots.kit.render import Inputs
from tests.support.made_faces import SIDE, made_pack, made_translations
from tests.support.made_figures import IMAGE_PLOTS, PLOTS, TABLE_PLOTS, figure_of, inputs_of
from tests.support.made_tables import (
    ATTRIBUTES,
    MODELS,
    empty_tables,
    made_settings,
    scores,
    tables,
)


@pytest.mark.parametrize("name", PLOTS)
def test_plot_keeps_the_plug_in_contract(name: str) -> None:
    module = PLOTS[name]
    assert module.TITLE
    assert module.CAPTION.endswith(".")
    assert set(module.NEEDS) <= {*tables(), "translations"}
    assert module.NEEDS
    assert module.draw.__doc__


@pytest.mark.parametrize("name", TABLE_PLOTS)
def test_plot_draws_every_axis_from_the_tables(name: str) -> None:
    inputs = inputs_of(name, tables())
    before = {table: frame.copy() for table, frame in inputs.tables.items()}
    with theme.style(name):
        figure = PLOTS[name].draw(inputs)
        figure.canvas.draw()
    assert figure.axes
    assert all(axis.has_data() for axis in figure.axes)
    for table, frame in inputs.tables.items():
        pd.testing.assert_frame_equal(frame, before[table])


@pytest.mark.parametrize("name", TABLE_PLOTS)
def test_plot_of_empty_tables_says_why_it_is_empty(name: str) -> None:
    with theme.style(name):
        figure = PLOTS[name].draw(inputs_of(name, empty_tables()))
    assert not figure.axes
    assert figure.texts[0].get_text()


def test_plot_of_one_seed_and_a_missing_metric_draws() -> None:
    scores_of_one_seed = scores(seeds=[1], splits=["valid"])
    scores_of_one_seed = scores_of_one_seed[
        ~((scores_of_one_seed["metric"] == "background_error") & (scores_of_one_seed["method"] == "acl"))
    ]
    assert figure_of("scores_by_model", tables() | {"scores": scores_of_one_seed}).axes


@pytest.mark.parametrize("name", IMAGE_PLOTS)
def test_image_grid_draws_models_with_and_without_masks(name: str, tmp_path: Path) -> None:
    files = (
        made_translations(tmp_path, "stargan_baseline.lsgan", masks=False),
        made_translations(tmp_path, "acl.plus_mask", masks=True),
    )
    output = tmp_path / "grid.png"
    render.save(name, PLOTS[name], Inputs(made_settings(), {}, files, made_pack(tmp_path)), output)
    with Image.open(output) as image:
        assert len(image.convert("RGB").getcolors(2**24) or []) > 100


def test_faces_come_in_the_order_of_every_other_figure(tmp_path: Path) -> None:
    files = tuple(
        made_translations(tmp_path, name, masks=False) for name in ("acl.plus_mask", "stargan_baseline.lsgan")
    )
    faces = face_grids.load(files, made_pack(tmp_path), made_settings())
    assert [model.id for model in faces.models] == ["stargan_baseline.lsgan", "acl.plus_mask"]


def test_figure_4_shows_the_same_faces_of_both_methods_under_the_combined_and_every_single_edit(tmp_path: Path) -> None:
    settings, pack = made_settings(), made_pack(tmp_path)
    compared = (settings.compare.challenger, settings.compare.baseline)
    files = tuple(made_translations(tmp_path, model, masks="mask" in model) for model in reversed(compared))
    with theme.style("figure4"):
        figure = PLOTS["figure4"].draw(Inputs(settings, {}, files, pack))
    assert [axis.get_title(loc="left") for axis in figure.axes[:2]] == [theme.label(model) for model in compared]
    edits = [axis.get_ylabel().replace("\n", " ") for axis in figure.axes[::2]]
    assert edits == ["Brown Hair + Mouth Slightly Open + Smiling", *(words.plain(name) for name in ATTRIBUTES)]
    columns = [label.get_text().replace("\n", " ") for label in figure.axes[0].get_xticklabels()]
    assert columns == ["Source", "Translation", "Mask", "Segment", "True counterfactual"]
    source = [axis.images[0].get_array()[:SIDE, :SIDE] for axis in figure.axes]
    assert all((shown == source[0]).all() for shown in source)
    truth = np.load(pack.with_suffix("") / "test.Smiling.images.npy")[1]  # the first face that the edits change
    smiling = figure.axes[2 * edits.index("Smiling")].images[0].get_array()
    assert (smiling[:SIDE, -SIDE:] == truth).all()


def test_same_inputs_give_the_same_svg_bytes(tmp_path: Path) -> None:
    for output in ("a.svg", "b.svg"):
        render.save("ablation", PLOTS["ablation"], inputs_of("ablation", tables()), tmp_path / output)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    title = render.title(PLOTS["ablation"], inputs_of("ablation", tables()))
    assert title in (tmp_path / "a.svg").read_text()


def test_every_variant_of_a_method_has_its_own_look() -> None:
    for name, info in registry.methods().items():
        looks = [theme.look(f"{name}.{variant.slug}") for variant in info.variants]
        assert len({(look.colour, look.marker, look.line) for look in looks}) == len(looks)
        assert len({look.label for look in looks}) == len(looks)


def test_shuffled_control_is_labelled_by_its_model() -> None:
    assert theme.label("control.shuffled_acl_plus_mask") == f"Shuffled targets: {theme.label('acl.plus_mask')}"


def test_models_are_shown_baseline_first_and_controls_last() -> None:
    shown = order.models(scores(), made_settings())
    assert shown[: len(MODELS)] == [".".join(model) for model in MODELS]
    assert all(model.startswith("control.") for model in shown[len(MODELS) :])
    assert shown[len(MODELS)] == "control.identity"


def test_headline_takes_one_metric_a_kind() -> None:
    metrics = words.headline_metrics(["background_error_inside", "background_error", "quality", "unheard_of"])
    assert metrics == ["quality", "background_error"]


def test_unknown_plot_names_the_nearest() -> None:
    with pytest.raises(BenchError, match="Did you mean 'level_times'"):
        render.find("level_time")


def test_missing_table_names_the_mending_command(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="bench tables"):
        render.read_table(tmp_path / "scores.csv")


def test_plots_import_neither_torch_nor_matplotlib() -> None:
    code = "import sys; from bench import registry; registry.plots(); print({'torch', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", PLOTS)
def test_a_caption_says_how_to_read_the_figure_in_at_most_30_words(name: str) -> None:
    assert len(PLOTS[name].CAPTION.split()) <= 30


@pytest.mark.parametrize("name", TABLE_PLOTS)
def test_no_legend_is_cut_by_its_figure(name: str) -> None:
    with theme.style(name):
        figure = PLOTS[name].draw(inputs_of(name, tables()))
        figure.canvas.draw()
        for legend in figure.legends:
            assert legend.get_window_extent().x1 <= figure.bbox.x1


@pytest.mark.parametrize(("limits", "expected"), [((20, 600), [20, 50, 100, 200, 500]), ((0.02, 3e4), 6)])
def test_log_axes_have_plain_and_few_labels(limits: tuple[float, float], expected: list[float] | int) -> None:
    from matplotlib import pyplot

    figure, axis = pyplot.subplots()
    axis.set_yscale("log")
    axis.set_ylim(limits)
    theme.plain_log(axis)
    ticks = [tick for tick in axis.get_yticks() if limits[0] <= tick <= limits[1]]
    pyplot.close(figure)
    assert ticks == pytest.approx(expected) if isinstance(expected, list) else len(ticks) == expected
