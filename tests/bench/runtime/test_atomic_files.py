"""Files and folders appear whole or not at all, and a fault of the disk says what to do."""

import errno
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors import SafetensorError

from bench import cli
from bench.errors import BenchError
from bench.runtime import atomic_files, lease
from bench.runtime.atomic_files import appearing_whole, explained

FILE_OR_FOLDER = pytest.mark.parametrize("folder", [False, True])


def write(target: Path, folder: bool, content: str, stop: BaseException | None = None) -> None:
    with appearing_whole(target, folder=folder) as private:
        (private / "part" if folder else private).write_text(content, encoding="utf-8")
        assert not target.exists() or read(target, folder) != content
        if stop is not None:
            raise stop


def read(target: Path, folder: bool) -> str:
    return (target / "part" if folder else target).read_text(encoding="utf-8")


@FILE_OR_FOLDER
def test_it_appears_whole_with_the_folders_above_it(tmp_path: Path, folder: bool) -> None:
    target = tmp_path / "a" / "b" / "made"
    for content in ("old", "new"):
        write(target, folder, content)
        assert read(target, folder) == content
        assert [path.name for path in target.parent.iterdir()] == ["made"]


@FILE_OR_FOLDER
def test_a_failed_write_leaves_the_old_and_no_trace(tmp_path: Path, folder: bool) -> None:
    target = tmp_path / "made"
    write(target, folder, "old")
    with pytest.raises(ZeroDivisionError):
        write(target, folder, "half", ZeroDivisionError())
    assert read(target, folder) == "old"
    assert list(tmp_path.iterdir()) == [target]


@FILE_OR_FOLDER
def test_a_writer_whose_lease_was_taken_over_replaces_nothing(tmp_path: Path, folder: bool) -> None:
    target = tmp_path / "made"
    with lease.hold(target):
        leases = tmp_path / lease.FOLDER / "made"
        current = max(leases.glob("*.json"))
        (leases / f"{int(current.stem) + 1:08d}.json").write_bytes(current.read_bytes())
        with pytest.raises(BenchError, match="taken over"):
            write(target, folder, "late")
    assert not target.exists()


def test_the_private_name_of_a_file_keeps_the_suffix(tmp_path: Path) -> None:
    with appearing_whole(tmp_path / "figure.svg") as private:
        assert private.suffix == ".svg"
        assert private.parent == tmp_path
        private.write_text("<svg/>", encoding="utf-8")


def test_json_that_is_not_json_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        atomic_files.write_json(tmp_path / "card.json", {"quality": float("nan")})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "full"),
        OSError(errno.EDQUOT, "quota"),
        SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"),
    ],
    ids=repr,
)
def test_a_full_disk_is_told_with_what_was_written_and_the_next_step(tmp_path: Path, fault: Exception) -> None:
    with pytest.raises(BenchError, match=r"No space left for .*made: it needs over 0\.0 MB.*are free\. Free some"):
        write(tmp_path / "made", False, "half", fault)
    with pytest.raises(BenchError, match=r"it needs 2\.5 MB"), explained(tmp_path / "made", 2_500_000):
        raise fault
    assert list(tmp_path.iterdir()) == []


def file_in_the_way(folder: Path) -> Path:
    (folder / "results").touch()
    return folder / "results" / "table.csv"


def folder_in_the_way(folder: Path) -> Path:
    (folder / "table.csv").mkdir()
    return folder / "table.csv"


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (file_in_the_way, "a file stands where a folder is wanted"),
        (folder_in_the_way, "a folder stands where a file is wanted"),
        (lambda folder: folder / ("x" * 300), "name is too long"),
        (lambda folder: folder / ("x" * 300) / "table.csv", "name is too long"),
        (lambda folder: Path("/proc/none/table.csv"), ""),
    ],
)
def test_a_place_that_cannot_be_written_to_is_named_with_the_reason(
    tmp_path: Path, prepare: Callable[[Path], Path], words: str
) -> None:
    target = prepare(tmp_path)
    if words:
        with pytest.raises(BenchError, match=f"{target} cannot be written: .*{words}"):
            atomic_files.write_text(target, "x\n")
    else:
        with pytest.raises(FileNotFoundError):  # no fault of the disk: it keeps its own words
            atomic_files.write_text(target, "x\n")


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_place_without_permission_is_named(tmp_path: Path, number: int) -> None:
    with pytest.raises(BenchError, match=r"made cannot be written: .*folder that you may write to"):
        write(tmp_path / "made", False, "half", OSError(number, "denied"))


def test_a_fault_of_another_file_keeps_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(PermissionError, match="elsewhere"):
        write(tmp_path / "made", False, "half", PermissionError(errno.EACCES, "denied", "/elsewhere/input"))


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare to mount a small disk")
def test_a_command_on_a_full_disk_ends_with_one_line_and_goes_on_once_there_is_room(tmp_path: Path) -> None:
    program = (
        f"mount -t tmpfs -o size=64k tmpfs {tmp_path} && cd {tmp_path} && head -c 60000 /dev/zero > filler;"
        f" export PYTHONPATH={Path(cli.__file__).parent.parent};"
        f' run() {{ {sys.executable} -c "from pathlib import Path; from bench.runtime import atomic_files as a;'
        " a.write_bytes(Path('out/table.csv'), bytes(20000))\"; };"
        " run; rm filler; run && stat -c %s out/table.csv"
    )
    completed = subprocess.run(["unshare", "-rm", "sh", "-c", program], capture_output=True, text=True, check=False)
    if "mount" in completed.stderr or "unshare" in completed.stderr:
        pytest.skip(f"no small disk can be mounted here: {completed.stderr}")
    assert "No space left for out/table.csv: it needs 0.0 MB" in completed.stderr
    assert completed.stdout.split() == ["20000"]
