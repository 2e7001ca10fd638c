"""Downloads one file whole: resumed after a break, its checksum verified; or a BenchError that says what to do next."""

from __future__ import annotations

import http.client
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.runtime.atomic_files import explained, require_space
from bench.runtime.digest import file_digest
from bench.runtime.progress import progress

ATTEMPTS = 5
TIMEOUT_SECONDS = 60.0
BLOCK_BYTES = 1 << 20
RANGE_NOT_SATISFIABLE = 416
# Statuses after which the same request, or one for the whole file, may succeed a little later.
PASSING_STATUSES = {408, RANGE_NOT_SATISFIABLE, 429, 500, 502, 503, 504}
# What breaks off in the middle, or never comes about.
BROKEN = (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException)


def download(url: str, target: Path, checksum: str, by_hand: str, pause_seconds: float = 2.0) -> None:
    """Fetch `url` into `target`, unless it is there with that checksum already: `md5:<hex>` or `sha256:<hex>`.

    What has arrived is kept in `.<name>.part` beside `target`, also over a kill, and the next call goes on from there.
    `target` appears only when its checksum is right. Broken connections are tried again, after 1, 2, 4 ... pauses.
    Messages end with `by_hand`, which tells how to place the file.
    """
    algorithm, _, digest = checksum.partition(":")
    if target.is_file() and file_digest(target, algorithm) == digest:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    _Resuming(url, part, by_hand, pause_seconds).fetch()
    if (arrived := file_digest(part, algorithm)) != digest:
        part.unlink()
        raise BenchError(
            f"The download of {target.name} has the wrong checksum: it was damaged on the way, or the server has "
            f"another file. It was deleted; start again to download it anew, or {by_hand} "
            f"({algorithm} {arrived}, expected {digest})"
        )
    part.replace(target)


def is_web_page(head: bytes) -> bool:
    """Whether a file that begins with `head` is an HTML page, which is what a spent download quota answers with."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))


def quota_message(name: str, by_hand: str) -> str:
    """What to tell the user about a web page in the place of the file `name`."""
    return (
        f"The server sent a web page in the place of {name}: most likely the download quota of that file is spent "
        f"for the day. Try again in 24 hours, or {by_hand}"
    )


@dataclass(frozen=True)
class _Resuming:
    """A download that goes on where the last one broke off."""

    url: str
    part: Path
    by_hand: str
    pause_seconds: float

    @property
    def name(self) -> str:
        return self.part.name.removeprefix(".").removesuffix(".part")

    def fetch(self) -> None:
        """Bring the file whole into `part`."""
        fault: Exception = ConnectionError("the connection was closed early")
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(self.pause_seconds * 2 ** (attempt - 1))
            try:
                with explained(self.part):
                    if self._go_on():
                        return
            except urllib.error.HTTPError as error:
                error.close()
                if error.code not in PASSING_STATUSES:
                    raise BenchError(f"{self.url} answers {error}. Check the address, or {self.by_hand}") from None
                if self._is_whole_already(error):
                    return
                fault = error
            except BROKEN as error:
                fault = error
        raise BenchError(
            f"{self.url} could not be downloaded ({fault}); {self._arrived():,} bytes have arrived and are kept. Check "
            f"the network and start again to go on from there, or {self.by_hand}"
        )

    def _go_on(self) -> bool:
        """Ask for what is missing and append it; False if less came than was announced."""
        arrived = self._arrived()
        request = urllib.request.Request(self.url, headers={"Range": f"bytes={arrived}-"} if arrived else {})
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            if response.status != http.HTTPStatus.PARTIAL_CONTENT:
                arrived = 0  # this server sends the whole file only
            length = response.headers.get("Content-Length")
            require_space(self.part, int(length or 0))
            block = response.read(BLOCK_BYTES)
            if not arrived and is_web_page(block):  # looked at before what is kept is overwritten
                raise BenchError(quota_message(self.name, self.by_hand))
            blocks = -(-(arrived + int(length or 0)) // BLOCK_BYTES)
            with (
                self.part.open("ab" if arrived else "wb") as stream,
                progress(blocks, f"download {self.name}", "MiB", initial=arrived // BLOCK_BYTES) as bar,
            ):
                while block:
                    stream.write(block)
                    bar.update()
                    block = response.read(BLOCK_BYTES)
        return length is None or self._arrived() == arrived + int(length)

    def _is_whole_already(self, error: urllib.error.HTTPError) -> bool:
        """Whether the server refused a range because what is kept is all there is; if it is too much, it is dropped."""
        if error.code != RANGE_NOT_SATISFIABLE:
            return False
        if error.headers.get("Content-Range") == f"bytes */{self._arrived()}":
            return True
        self.part.unlink()
        return False

    def _arrived(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0
