"""Settings of scoring."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bench.settings.base import Count, Section

Split = Literal["valid", "test"]


class ScoringSettings(Section):
    """What is scored, on which images."""

    splits: tuple[Split, ...] = Field(default=("valid", "test"), description="splits on which final models are scored")
    images: Count | None = Field(default=None, description="first images of a split that are scored; null: all")
    extractors: tuple[Literal["judge", "inception"], ...] = Field(
        default=("judge",), description="feature extractors of FID, KID, precision and recall"
    )
    inception_weights: Path | None = Field(default=None, description="placed-by-hand InceptionV3 weights; null: fetch")

    @property
    def shown_split(self) -> Split:
        """The split whose faces are shown: test where it is scored, else the first."""
        return "test" if "test" in self.splits else self.splits[0]
