"""Figures inside the page: SVG inline and following the page's theme, PNG as data."""

import base64
import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pandas as pd
from markupsafe import Markup
from PIL import Image

from bench.plots.kit import render, theme
from bench.plots.kit.render import Inputs
from bench.runtime.result_files import damaged, reason
from bench.settings import Settings

CSS_DPI = 96
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
    svg = file.read_text(encoding="utf-8") if render.suffix(plot) == "svg" else None
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
