"""Three methods as well as two: more lines and colours, and no sentence that counts to two."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from bench import registry
from bench.plots.kit import theme
from bench.plots.kit.render import Inputs, save
from bench.report.page import Run, render
from bench.settings import Settings
from bench.settings.paths import RunPaths
from tests.support import made_third

LABEL = "Third (plain)"
# Figures that show every method; the others are of the compared pair, of one method's parts, or of images.
OF_ALL = ("search_time", "trial_costs", "end_to_end", "search_weights", "training_speed", "level_times",
          "scores_by_model")  # fmt: skip


@pytest.fixture(scope="module")
def three() -> Iterator[tuple[Settings, dict[str, pd.DataFrame]]]:
    with made_third.registered():
        yield made_third.settings_of_three(), made_third.tables_of_three()


@pytest.mark.parametrize("name", OF_ALL)
def test_a_figure_shows_the_third_method_in_its_own_colour(
    three: tuple[Settings, dict[str, pd.DataFrame]], name: str, tmp_path: Path
) -> None:
    settings, tables = three
    file = tmp_path / f"{name}.svg"
    save(name, registry.plots()[name], Inputs(settings, tables), file)
    text = file.read_text()
    assert LABEL in text
    if name != "search_weights":  # its colour is the quality
        assert theme.look("third.plain").colour in text


def test_the_page_of_three_methods_has_a_row_for_each_and_no_wording_of_two(
    three: tuple[Settings, dict[str, pd.DataFrame]], tmp_path: Path
) -> None:
    settings, tables = three
    plots = {name: plot for name, plot in registry.plots().items() if "translations" not in plot.NEEDS}
    for name, plot in plots.items():
        save(name, plot, Inputs(settings, tables), tmp_path / f"{name}.svg")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "plots", lambda: plots)
        text = render(Run(settings, tables, tmp_path, RunPaths(Path("nowhere"))))
    for section in ("quality", "ablation", "appendix", "provenance"):
        start = text.index(f'<section id="{section}">')
        assert "hird" in text[start : text.index("</section>", start)], section
    body = text[text.index("<body>") : text.index("<script>", text.index("<body>"))].lower()
    assert "both methods" not in body
    assert "the two methods" not in body
