"""InceptionV3's weights: found, or fetched once, also from a server that breaks off; never loaded unverified."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.evaluation.inception_weights import Remote, obtain
from bench.runtime.download import ATTEMPTS
from tests.support.file_server import QUOTA_PAGE, FileServer, serving

NAME = "weights.pth"
CONTENT = os.urandom(3_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving({NAME: CONTENT}) as state:
        yield state


def remote(server: FileServer) -> Remote:
    return Remote(f"{server.address}/{NAME}", SHA256)


def test_they_are_fetched_once(tmp_path: Path, server: FileServer) -> None:
    weights_file = obtain(None, remote(server), tmp_path)
    assert weights_file == tmp_path / NAME
    assert weights_file.read_bytes() == CONTENT
    assert obtain(None, remote(server), tmp_path) == weights_file
    assert len(server.asked) == 1


def test_a_broken_download_goes_on_where_it_broke(tmp_path: Path, server: FileServer) -> None:
    server.breaks_after = [1_000_000] * ATTEMPTS
    server.files[NAME] = CONTENT * 2
    bigger = Remote(f"{server.address}/{NAME}", hashlib.sha256(CONTENT * 2).hexdigest())
    with pytest.raises(BenchError, match=r"5,000,000 bytes have arrived and are kept.*start again to go on"):
        obtain(None, bigger, tmp_path)
    assert obtain(None, bigger, tmp_path).stat().st_size == 6_000_000
    assert server.asked[-1] == (NAME, "bytes=5000000-")


def test_files_placed_by_hand_need_no_network(tmp_path: Path, server: FileServer) -> None:
    (tmp_path / NAME).write_bytes(CONTENT)
    assert obtain(None, remote(server), tmp_path) == tmp_path / NAME
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    assert obtain(tmp_path / "mine.pth", remote(server), tmp_path / "nowhere") == tmp_path / "mine.pth"
    assert server.asked == []


def test_a_quota_page_is_recognised(tmp_path: Path, server: FileServer) -> None:
    server.files[NAME] = QUOTA_PAGE
    with pytest.raises(BenchError, match=rf"quota.*24 hours, or get it from .*{NAME}.*put it into {tmp_path}"):
        obtain(None, remote(server), tmp_path)
    assert not (tmp_path / NAME).exists()


def test_other_content_from_the_server_is_dropped(tmp_path: Path, server: FileServer) -> None:
    server.files[NAME] = CONTENT[::-1]
    with pytest.raises(BenchError, match=r"wrong checksum.*start again.*scoring\.extractors"):
        obtain(None, remote(server), tmp_path)
    assert not (tmp_path / NAME).exists()


def test_no_network_is_told_with_the_next_step(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = FileServer(address=f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(BenchError, match=rf"could not be downloaded.*put it into {tmp_path}.*inception_weights"):
            obtain(None, remote(nowhere), tmp_path)


@pytest.mark.parametrize("place", ["named", "home"])
def test_a_file_with_another_checksum_is_refused_wherever_it_lies(
    tmp_path: Path, server: FileServer, place: str
) -> None:
    (tmp_path / NAME).write_bytes(b"another pickle")
    named = tmp_path / NAME if place == "named" else None
    with pytest.raises(BenchError, match=r"SHA-256 .*it was not loaded\. Delete it, then get it from"):
        obtain(named, remote(server), tmp_path)


def test_a_named_file_that_is_not_there_is_told(tmp_path: Path, server: FileServer) -> None:
    with pytest.raises(BenchError, match=r"cannot be read.*Mend the path.*scoring\.inception_weights"):
        obtain(tmp_path / "none.pth", remote(server), tmp_path)
    assert server.asked == []
