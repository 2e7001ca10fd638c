"""Pictures inside the page: SVG inline and following the page's theme, PNG as data, and the sheets of the edit grid."""

import base64
import html
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from markupsafe import Markup
from PIL import Image

from bench.plots.kit import face_grids, render, theme, words
from bench.plots.kit.render import Inputs
from bench.runtime.result_files import damaged, reason
from bench.settings import Settings
from bench.settings.paths import RunPaths

CSS_DPI = 96
MOST_FACES = 6
PIXEL_BUDGET = 12_000_000
MASKED = {"mask": "masks", "segment": "segments"}
# The outline of a letter, as matplotlib defines it in every figure that has the letter.
GLYPH = re.compile(r'<path id="([^"]+)" d="[^"]*" transform="scale\(0\.015625\)"/>\n?')
# Marks of one look, one after the other, as matplotlib draws the points of a series.
SERIES = re.compile(r'<use [^>]*( style="[^"]*")/>\n(?:<use [^>]*\1/>\n)+')
THEME = {theme.INK: "currentColor", theme.QUIET: "var(--quiet)", theme.GRID: "var(--line)", theme.PAPER: "var(--paper)"}
THEME |= {colour: f"var(--{answer})" for answer, colour in theme.ANSWERS.items()}


@dataclass(frozen=True)
class Figure:
    """A figure with its title and caption, ready to stand in the page; without an image the title says why."""

    name: str
    title: str
    caption: str
    image: Markup | None


def load(
    folder: Path, plots: Mapping[str, ModuleType], settings: Settings, tables: Mapping[str, pd.DataFrame]
) -> dict[str, Figure]:
    """Every plot's figure from `folder`, by name; BenchError if one is missing."""
    figures = {}
    for name, plot in plots.items():
        file = folder / f"{name}.{render.suffix(plot)}"
        try:
            figures[name] = _read(file, plot, Inputs(settings, tables))
        except (OSError, ValueError, SyntaxError) as error:
            raise damaged(file, reason(error), f"plot --plot {name}") from None
    return figures


def _read(file: Path, plot: ModuleType, inputs: Inputs) -> Figure:
    tables = [f"{table}.csv" for table in plot.NEEDS if table != "translations"]
    svg = file.read_text(encoding="utf-8") if file.suffix == ".svg" else None
    if svg is not None and not ("<svg" in svg and svg.rstrip().endswith("</svg>")):
        raise ValueError("it is no whole SVG file")
    if svg and 'id="axes_1"' not in svg:
        return Figure(file.stem, description(file), "", None)
    alt = description(file) + (f" The values stand in {' and '.join(tables)}." if tables else "")
    image = inline_svg(svg, file.stem, alt) if svg else _png(file, alt)
    return Figure(file.stem, render.title(plot, inputs), plot.CAPTION, image)


def share_glyphs(figures: Mapping[str, Figure]) -> tuple[dict[str, Figure], Markup]:
    """The figures without their letters' outlines, and an unseen picture for the page that holds each outline once."""
    outlines: dict[str, str] = {}
    shared = {}
    for name, figure in figures.items():
        picture = str(figure.image or "")
        outlines |= {glyph[1]: glyph[0].rstrip() for glyph in GLYPH.finditer(picture)}
        shared[name] = replace(figure, image=figure.image and Markup(GLYPH.sub("", picture)))
    unseen = '<svg width="0" height="0" style="position: absolute" aria-hidden="true"><defs>'
    return shared, Markup(f"{unseen}{''.join(outlines.values())}</defs></svg>")


def description(file: Path) -> str:
    """What a figure's file says of itself in words; '' where it says nothing."""
    if file.suffix == ".png":
        with Image.open(file) as image:
            image.load()  # OSError where it is torn
            return str(image.info.get("Description", ""))
    match = re.search(r"<dc:description>(.*?)</dc:description>", file.read_text(encoding="utf-8"), re.DOTALL)
    return html.unescape(match.group(1)) if match else ""


def inline_svg(svg: str, name: str, alt: str) -> Markup:
    """An SVG file's picture for use inside a page: own ids, places to 0.01 pt, the page's colours, a width, a label.

    The look of a series' marks stands once, at a group around them. Letters keep their ids, which are the same in all
    figures (`share_glyphs`).
    """
    picture = svg[svg.index("<svg") :]
    picture = re.sub(r"<metadata>.*?</metadata>", "", picture, flags=re.DOTALL)
    picture = re.sub(r"<title>.*?</title>", "", picture, count=1, flags=re.DOTALL)
    picture = re.sub(r'<g id="[^"]*"', "<g", re.sub(r"\n\s+", "\n", picture))
    picture = picture.replace("DejaVuSans", "f")  # a quarter of each reference to a letter
    picture = re.sub(r' (?:d|x|y)="[^"]*"', lambda place: re.sub(r"(\.\d\d)\d+", r"\1", place[0]), picture)
    picture = SERIES.sub(lambda marks: f"<g{marks[1]}>\n{marks[0].replace(marks[1], '')}</g>\n", picture)
    letters = {glyph[1] for glyph in GLYPH.finditer(picture)}

    def own(reference: re.Match[str]) -> str:
        attribute, target = reference.groups()
        return f'{attribute}{target if target in letters else f"{name}-{target}"}"'

    picture = re.sub(r'\b(id="|href="#)([^"]*)"', own, picture.replace("xlink:href", "href"))
    picture = re.sub(r"url\(#", f"url(#{name}-", picture)
    for colour, themed in THEME.items():
        picture = picture.replace(colour, themed)
    width = re.search(r'width="([\d.]+)pt"', picture)
    style = f"--natural: {float(width.group(1)) * 4 / 3:.0f}px" if width else ""
    head = f'<svg role="img" aria-label="{Markup.escape(alt)}" style="{style}"'
    return Markup(re.sub(r'\s(width|height)="[\d.]+pt"', "", picture.replace("<svg", head, 1), count=2))


def webp_address(image: Image.Image, **options: float) -> str:
    """The address of an image that holds the image itself, as WebP; `options` are Pillow's (`quality`, `lossless`)."""
    stream = io.BytesIO()
    image.save(stream, "webp", method=6, **options)
    return f"data:image/webp;base64,{base64.b64encode(stream.getvalue()).decode()}"


def _png(file: Path, alt: str) -> Markup:
    """At most as wide as it was drawn: more pixels than that serve sharp screens and print."""
    with Image.open(file) as image:
        width = round(image.width * CSS_DPI / theme.RC["savefig.dpi"])
        address = webp_address(image, lossless=True)  # the same pixels in two thirds of a PNG's bytes
    return Markup('<img style="--natural: {}px" src="{}" alt="{}">').format(width, address, alt)


def edit_grid(settings: Settings, paths: RunPaths) -> dict[str, Any] | None:
    """Per model a sheet of tiles per part, so that one tile can show any part, as the template takes them.

    Of the first seed of every final model and the first faces of the split that is shown: six, or as many as the page's
    weight allows. None where no model was translated, or the pack is gone.

    `models` have a label and `parts`, a data address each; parts that a model lacks are absent. `shared` are the sheets
    of the source and, on drawn faces, of the true counterfactuals. `first` are the places of the models that stand side
    by side at first: the compared pair. `shown[face][edit]` says where the edit changes something; tiles are `side`
    pixels wide.
    """
    files = [paths.translations(final.model, final.seeds[0]) for final in settings.finals]
    files = [file for file in files if file.is_file()]
    pack = paths.pack(settings.data.image_size_px)
    if not (files and pack.is_file()):
        return None
    faces, edits = face_grids.load(files, pack, settings), settings.data.edits
    side = faces.split.images.shape[1]
    sheets = 2 + 3 * len(faces.models)
    rows = range(min(MOST_FACES, len(faces.split), max(1, PIXEL_BUDGET // (sheets * len(edits) * side**2))))

    def sheet(tile: Callable[[str, int], face_grids.Image | None]) -> str:
        tiles = [[tile(edit, row) for edit in edits] for row in rows]
        return webp_address(Image.fromarray(face_grids.joined(tiles, side)), quality=90)

    shared = {"source": sheet(lambda _, row: faces.split.images[row])}
    if faces.split.counterfactuals is not None:
        shared["true counterfactual"] = sheet(faces.counterfactual)
    models = []
    for model in faces.models:
        parts = {"translation": sheet(model.image)}
        if any(edit.masks is not None for edit in model.translations.edits.values()):
            parts |= {name: sheet(partial(model.image, part=part)) for name, part in MASKED.items()}
        models.append({"label": theme.label(model.id), "parts": parts})
    place = {model.id: at for at, model in enumerate(faces.models)}
    baseline, challenger = settings.compare.pair
    return {
        "models": models,
        "shared": shared,
        "first": (place.get(baseline, 0), place.get(challenger, len(place) - 1)),
        "edits": list(map(words.plain, edits)),
        "names": [faces.split.names[row] for row in rows],
        "shown": [[faces.models[0].image(edit, row) is not None for edit in edits] for row in rows],
        "side": side,
        "split": faces.split.name,
    }
