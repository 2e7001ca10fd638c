import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.runtime.download import ATTEMPTS, download
from tests.support.celeba_shaped import full_disk
from tests.support.file_server import QUOTA_PAGE, FileServer, serving

CONTENT = os.urandom(3_000_000)
CHECKSUM = f"md5:{hashlib.md5(CONTENT).hexdigest()}"
BY_HAND = "get it with a browser and put it into the folder."


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving({"a.zip": CONTENT}) as state:
        yield state


def fetch(server: FileServer, folder: Path, checksum: str = CHECKSUM) -> Path:
    download(f"{server.address}/a.zip", folder / "a.zip", checksum, BY_HAND, pause_seconds=0.0)
    return folder / "a.zip"


def test_a_file_arrives_whole_and_alone(tmp_path: Path, server: FileServer) -> None:
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_file_that_is_there_is_not_fetched_again(tmp_path: Path, server: FileServer) -> None:
    fetch(server, tmp_path)
    fetch(server, tmp_path)
    assert len(server.asked) == 1


def test_a_broken_download_goes_on_where_it_broke(tmp_path: Path, server: FileServer) -> None:
    server.breaks_after = [1_500_000, 200_000]
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert [byte_range for _, byte_range in server.asked] == [None, "bytes=1500000-", "bytes=1700000-"]


def test_a_download_that_keeps_breaking_is_resumed_by_the_next_start(tmp_path: Path, server: FileServer) -> None:
    server.breaks_after = [100_000] * ATTEMPTS
    with pytest.raises(BenchError, match=r"500,000 bytes have arrived and are kept.*start again to go on"):
        fetch(server, tmp_path)
    assert not (tmp_path / "a.zip").exists()
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked[-1] == ("a.zip", "bytes=500000-")


def test_a_server_without_ranges_sends_the_whole_file_again(tmp_path: Path, server: FileServer) -> None:
    server.breaks_after, server.answers_ranges = [1_000_000], False
    assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_download_killed_between_the_last_byte_and_the_rename_is_not_repeated(
    tmp_path: Path, server: FileServer
) -> None:
    (tmp_path / ".a.zip.part").write_bytes(CONTENT)
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [("a.zip", f"bytes={len(CONTENT)}-")]


def test_a_kept_part_that_is_longer_than_the_file_is_dropped(tmp_path: Path, server: FileServer) -> None:
    (tmp_path / ".a.zip.part").write_bytes(CONTENT + b"more")
    assert fetch(server, tmp_path).read_bytes() == CONTENT


def test_a_passing_fault_of_the_server_is_waited_out(tmp_path: Path, server: FileServer) -> None:
    server.statuses = [503, 429]
    assert fetch(server, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("status", [403, 404])
def test_a_lasting_refusal_is_told_at_once(tmp_path: Path, server: FileServer, status: int) -> None:
    server.statuses = [status] * ATTEMPTS
    with pytest.raises(BenchError, match=rf"{status}.*Check the address, or get it with a browser"):
        fetch(server, tmp_path)
    assert len(server.asked) == 1


def test_a_quota_page_is_recognised_and_does_not_harm_what_has_arrived(tmp_path: Path, server: FileServer) -> None:
    (tmp_path / ".a.zip.part").write_bytes(CONTENT[:1_000_000])
    server.files["a.zip"], server.answers_ranges = QUOTA_PAGE, False
    with pytest.raises(BenchError, match=r"quota of that file is spent.*24 hours, or get it with a browser"):
        fetch(server, tmp_path)
    assert not (tmp_path / "a.zip").exists()
    server.files["a.zip"], server.answers_ranges = CONTENT, True
    assert fetch(server, tmp_path).read_bytes() == CONTENT
    assert server.asked[-1] == ("a.zip", "bytes=1000000-")


def test_a_wrong_checksum_leaves_nothing_behind(tmp_path: Path, server: FileServer) -> None:
    with pytest.raises(BenchError, match=r"wrong checksum.*start again"):
        fetch(server, tmp_path, checksum=f"sha256:{'0' * 64}")
    assert list(tmp_path.iterdir()) == []


def test_no_network_is_told_with_the_next_step(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        unreachable = FileServer(address=f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(BenchError, match=r"could not be downloaded.*refused.*Check the network.*or get it with"):
            fetch(unreachable, tmp_path)


def test_a_disk_without_room_is_told_before_the_first_byte(
    tmp_path: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", full_disk)
    with pytest.raises(BenchError, match=r"No space left for .*a\.zip\.part: it needs 3\.0 MB"):
        fetch(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full, a disk that is always full")
def test_a_disk_that_fills_up_on_the_way_is_told(tmp_path: Path, server: FileServer) -> None:
    (tmp_path / ".a.zip.part").symlink_to("/dev/full")
    with pytest.raises(BenchError, match=r"No space left for .*Free some space"):
        fetch(server, tmp_path)
    assert not (tmp_path / "a.zip").exists()
