"""What a plot is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from bench.settings import Settings


@dataclass(frozen=True)
class Inputs:
    """The settings, the tables that the plot's NEEDS names, and, where it needs them, translations and the pack."""

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    translations: tuple[Path, ...] = ()
    pack: Path | None = None
