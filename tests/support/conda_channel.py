"""A conda channel in a folder, made of what is installed here: one package a dependency, in the tested version.

`python` is this interpreter in a prefix of its own, which sees the packages that are installed here; every other
package is empty and only has its name and version. So a solver decides whether the tested versions satisfy what an
environment asks for, and an installer makes a prefix in which `python` is the prefix's own.
"""

import bz2
import hashlib
import io
import json
import platform
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from rattler import Subdir

from tests.support.environments import PYPI_NAMES

# Notes every start of the prefix's python: which prefix, and with which arguments.
WITNESS = """import json, os, sys
with open(os.environ["CONDA_WITNESS"], "a", encoding="utf-8") as stream:
    stream.write(json.dumps([sys.prefix, *getattr(sys, "orig_argv", [])[1:]]) + "\\n")
"""


def write_channel(folder: Path, names: Iterable[str]) -> None:
    """Write a channel with `python` and the packages `names` (conda's names)."""
    noarch = folder / "noarch"
    noarch.mkdir(parents=True)
    records = [_package(noarch, "python", platform.python_version(), _python_files(), _python_links())]
    for name in sorted(set(names) - {"python"}):
        version = metadata.version(PYPI_NAMES.get(name, name)).split("+")[0]
        records.append(_package(noarch, name, version))
    _write_index(noarch, dict(records))
    _write_index(folder / str(Subdir.current()), {})


def _write_index(subdir: Path, packages: Mapping[str, object]) -> None:
    subdir.mkdir(exist_ok=True)
    index = {"info": {"subdir": subdir.name}, "packages": packages, "packages.conda": {}}
    (subdir / "repodata.json").write_text(json.dumps(index), encoding="utf-8")


def _python_files() -> dict[str, bytes]:
    site = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    seen = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    return {
        "pyvenv.cfg": f"home = {sys.base_prefix}/bin\nversion = {platform.python_version()}\n".encode(),
        f"{site}/witness.py": WITNESS.encode(),
        f"{site}/tested.pth": "".join(f"{path}\n" for path in [*seen, "import witness"]).encode(),
    }


def _python_links() -> dict[str, str]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return {f"bin/{version}": f"{sys.base_prefix}/bin/{version}", "bin/python3": version, "bin/python": version}


def _package(
    folder: Path,
    name: str,
    version: str,
    files: Mapping[str, bytes] | None = None,
    links: Mapping[str, str] | None = None,
) -> tuple[str, dict[str, object]]:
    """Write one package archive; its file name and its record for the channel's index."""
    files, links = files or {}, links or {}
    index: dict[str, object] = {
        "name": name,
        "version": version,
        "build": "tested_0",
        "build_number": 0,
        "depends": [] if name == "python" else ["python"],
        "subdir": "noarch",
        "noarch": "generic",
    }
    paths = [_path(path, "hardlink", content) for path, content in files.items()]
    paths += [_path(path, "softlink", b"") for path in links]
    described = {
        "info/index.json": json.dumps(index).encode(),
        "info/files": "".join(f"{path}\n" for path in [*files, *links]).encode(),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}).encode(),
    }
    archive = bz2.compress(_tar(described | dict(files), links), 1)
    file = folder / f"{name}-{version}-tested_0.tar.bz2"
    file.write_bytes(archive)
    checks = {"sha256": hashlib.sha256(archive).hexdigest(), "md5": hashlib.md5(archive).hexdigest()}
    return file.name, index | checks | {"size": len(archive)}


def _path(path: str, kind: str, content: bytes) -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    return {"_path": path, "path_type": kind, "sha256": digest, "size_in_bytes": len(content)}


def _tar(files: Mapping[str, bytes], links: Mapping[str, str]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for path, target in links.items():
            member = tarfile.TarInfo(path)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return raw.getvalue()
