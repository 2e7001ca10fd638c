"""What every section of the settings shares: frozen, finite numbers, no unknown keys, no value twice in a list."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Item = TypeVar("Item")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What a shell or Snakemake reads as something else than a part of a file's name.
UNSAFE = re.compile(r"""[\s"'`$&|;<>(){}\[\]*?!#\\]""")


class Section(BaseModel):
    """A part of the settings: frozen, no unknown keys, no NaN and no infinite number."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def without_repeats(values: Sequence[Item]) -> Sequence[Item]:
    """`values`; ValueError if one of them stands there twice."""
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f"names {value!r} twice" if isinstance(value, str) else f"has {value} twice")
    return values


def plain_path(value: object) -> object:
    """`value`; ValueError where it is the text of no path: empty, with a control character, or with a `~`."""
    text = str(value)
    if not text.strip():
        raise ValueError("is empty. Name a folder or file")
    if text.startswith("~"):
        raise ValueError("~ is not expanded here. Write the path out")
    if control := CONTROL.search(text):
        raise ValueError(f"holds {control.group()!r}, which no path should. Remove it")
    return value


def shell_safe(path: Path) -> Path:
    """`path`; ValueError where a rule's shell command could not name it."""
    if unsafe := UNSAFE.search(str(path)):
        raise ValueError(f"holds {unsafe.group()!r}, which the rules' shell would misread. Rename it")
    return path


def usable_folder(path: Path) -> Path:
    """`path`; ValueError where no folder can be there, because a file is in the way or a name is too long."""
    try:
        existing = next((place for place in (path, *path.parents) if place.exists()), path)
    except OSError as error:
        raise ValueError(f"cannot be a folder ({error.strerror}). Name another one") from None
    if existing.exists() and not existing.is_dir():
        raise ValueError(f"{existing} is no folder. Name another one, or move that file away")
    return path


Count = Annotated[int, Field(gt=0)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
PlainPath = Annotated[Path, BeforeValidator(plain_path)]
SafePath = Annotated[PlainPath, AfterValidator(shell_safe)]
OutputFolder = Annotated[SafePath, AfterValidator(usable_folder)]
# A list that names nothing twice.
Unique = AfterValidator(without_repeats)
Names = Annotated[tuple[str, ...], Unique]
