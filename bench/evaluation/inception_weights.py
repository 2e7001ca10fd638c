"""InceptionV3's weights: the file that the user names, else one placed by hand, else fetched once; always verified.

They are a pickle, which can run code when it is opened, so nothing opens them before their SHA-256 is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.runtime import lease
from bench.runtime.digest import file_digest
from bench.runtime.download import download

HOME = Path("data/inception")


@dataclass(frozen=True)
class Remote:
    """Where the weights are, and what they are."""

    url: str
    sha256: str

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[-1]


def obtain(placed: Path | None, remote: Remote, home: Path = HOME) -> Path:
    """The verified weights: `placed`, else the file of their name in `home`, to which they are downloaded if need be.

    BenchError says what is wrong and what to do next.
    """
    target = home.absolute() / remote.name
    by_hand = (
        f"get it from {remote.url} with a browser and put it into {target.parent} (or name it in "
        "scoring.inception_weights), or take 'inception' out of scoring.extractors."
    )
    if placed is None and not target.is_file():
        with lease.hold(target, "InceptionV3"):  # one process at a time; whoever waited finds the file there
            download(remote.url, target, f"sha256:{remote.sha256}", by_hand)
    file = target if placed is None else placed
    try:
        digest = file_digest(file)
    except OSError as error:
        raise BenchError(
            f"InceptionV3's weights {file} cannot be read ({error}). Mend the path, or {by_hand}"
        ) from error
    if digest != remote.sha256:
        raise BenchError(
            f"{file} has SHA-256 {digest}, not {remote.sha256}: it was not loaded. Delete it, then {by_hand}"
        )
    return file
