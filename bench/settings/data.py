"""Settings of the data: drawn faces, CelebA, or a folder of its shape."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bench.settings.base import Count, Names, PlainPath, Section, Share, Unique
from bench.settings.edits import EditRules


class DrawnFaces(Section):
    """How many faces are drawn, and from which seed."""

    train: Count = Field(description="faces of the train partition (judges take their share of it)")
    valid: Count = Field(description="faces of the valid partition")
    test: Count = Field(description="faces of the test partition")
    seed: int = Field(default=1, ge=0, description="seed of the whole data set")


class DataSettings(Section):
    """Where faces come from and what is kept of them."""

    source: Literal["drawn", "celeba", "folder"] = Field(description="drawn faces, CelebA, or a CelebA-shaped folder")
    folder: PlainPath | None = Field(
        default=None, description="folder of CelebA or of a CelebA-shaped data set; null: fetch"
    )
    drawn: DrawnFaces | None = Field(default=None, description="needed where source is 'drawn'")
    image_size_px: Literal[16, 32, 64, 128, 256] = Field(description="side of the packed square images")
    crop_px: Count = Field(default=178, description="side of the centre crop before the resize")
    attributes: Names = Field(min_length=1, description="attributes that are translated, in order")
    exclusive: tuple[Names, ...] = Field(
        default=(("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair"),),
        description="groups of attributes of which at most one is on; an edit sets one and clears the rest",
    )
    combined_edits: Annotated[tuple[Names, ...], Unique] = Field(
        default=(), description="edits that set several attributes on at once (figure 4)"
    )
    judges_share: Share = Field(default=0.25, description="share of train that only the judges see, half for each")
    split_seed: int = Field(default=1, ge=0, description="seed of the split where a folder has no partition file")

    @property
    def rules(self) -> EditRules:
        return EditRules(self.attributes, self.exclusive)

    @property
    def edits(self) -> tuple[str, ...]:
        """Names of all edits: one per attribute, then the combined ones."""
        return self.attributes + tuple("+".join(names) for names in self.combined_edits)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.source == "drawn" and self.drawn is None:
            raise ValueError("source 'drawn' needs the section 'drawn'")
        if self.source == "folder" and self.folder is None:
            raise ValueError("source 'folder' needs 'folder'")
        for names in self.combined_edits:
            if unknown := [name for name in names if name not in self.attributes]:
                raise ValueError(f"combined edit uses {unknown[0]!r}, which is not among 'attributes'")
        return self
