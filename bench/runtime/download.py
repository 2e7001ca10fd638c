"""Downloads one file whole: resumed after a break, its checksum verified; or a BenchError that says what to do next."""

import http.client
import time
import urllib.request
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
    fault: Exception = ConnectionError("the connection was closed early")
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(pause_seconds * 2 ** (attempt - 1))
        try:
            with explained(part):
                if _go_on(url, part, target.name, by_hand):
                    break
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in PASSING_STATUSES:
                raise BenchError(f"{url} answers {error}. Check the address, or {by_hand}") from None
            if error.code == RANGE_NOT_SATISFIABLE:
                if error.headers.get("Content-Range") == f"bytes */{_arrived(part)}":
                    break  # what is kept is all there is
                part.unlink()  # it is too much
            fault = error
        except BROKEN as error:
            fault = error
    else:
        raise BenchError(
            f"{url} could not be downloaded ({fault}); {_arrived(part):,} bytes have arrived and are kept. Check "
            f"the network and start again to go on from there, or {by_hand}"
        )
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


def _go_on(url: str, part: Path, name: str, by_hand: str) -> bool:
    """Ask for what is missing and append it; False if less came than was announced."""
    arrived = _arrived(part)
    request = urllib.request.Request(url, headers={"Range": f"bytes={arrived}-"} if arrived else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        if response.status != http.HTTPStatus.PARTIAL_CONTENT:
            arrived = 0  # this server sends the whole file only
        length = response.headers.get("Content-Length")
        require_space(part, int(length or 0))
        block = response.read(BLOCK_BYTES)
        if not arrived and is_web_page(block):  # looked at before what is kept is overwritten
            raise BenchError(quota_message(name, by_hand))
        blocks = -(-(arrived + int(length or 0)) // BLOCK_BYTES)
        with (
            part.open("ab" if arrived else "wb") as stream,
            progress(range(blocks), f"download {name}", "MiB", initial=arrived // BLOCK_BYTES) as bar,
        ):
            while block:
                stream.write(block)
                bar.update()
                block = response.read(BLOCK_BYTES)
    return length is None or _arrived(part) == arrived + int(length)


def _arrived(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
