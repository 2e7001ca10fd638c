"""Settings of scoring."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bench.settings.base import Count, PlainPath, Section, Unique

Split = Literal["valid", "test"]


class ScoringSettings(Section):
    """What is scored, on which images."""

    splits: Annotated[tuple[Split, ...], Unique] = Field(
        default=("valid", "test"), min_length=1, description="splits on which final models are scored"
    )
    images: Count | None = Field(default=None, description="first images of a split that are scored; null: all")
    extractors: Annotated[tuple[Literal["judge", "inception"], ...], Unique] = Field(
        default=("judge",), min_length=1, description="feature extractors of FID, KID, precision and recall"
    )
    inception_weights: PlainPath | None = Field(
        default=None, description="placed-by-hand InceptionV3 weights; null: fetch"
    )

    @property
    def shown_split(self) -> Split:
        """The split whose faces are shown: test where it is scored, else the first."""
        return "test" if "test" in self.splits else self.splits[0]
