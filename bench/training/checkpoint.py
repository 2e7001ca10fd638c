"""Checkpoints that are whole or not used: one file each, with a digest of its content and the identity of its work."""

import hashlib
import io
import json
import pickle
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.runtime import atomic_files

SUFFIX = ".checkpoint"
# Nested dictionaries and lists of tensors, numbers and strings.
State = Mapping[str, Any]


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one work, in one folder, named by step.

    `identity` names the work that they belong to, `keys` what each of its states has at least.
    """

    folder: Path
    identity: str
    keys: tuple[str, ...] = ()

    def save(self, step: int, state: State, keep: int = 2) -> None:
        """Write `state` whole, then remove all but the newest `keep`."""
        stream = io.BytesIO()
        torch.save(dict(state), stream)
        content = stream.getbuffer()
        header = {"identity": self.identity, "sha256": hashlib.sha256(content).hexdigest()}
        with (
            atomic_files.appearing_whole(self.folder / f"step{step:09d}{SUFFIX}") as private,
            private.open("wb") as target,
        ):
            target.write(json.dumps(header).encode() + b"\n")
            target.write(content)
        for old in self._newest_first()[keep:]:
            old.unlink(missing_ok=True)

    def load(self, device: torch.device) -> State | None:
        """The newest checkpoint that is whole and of this work; None if there is none. Says which it passes over.

        Only the holder of the work's lease may call it: it clears what killed writers left.
        """
        for torn in self.folder.glob(f".step*{SUFFIX}"):  # a killed writer's private file, as large as a checkpoint
            torn.unlink(missing_ok=True)
        for file in self._newest_first():
            try:
                return self._read(file, device)
            except (OSError, ValueError, RuntimeError, pickle.UnpicklingError) as error:
                print(f"Passing over checkpoint {file}: {error}", file=sys.stderr)
        return None

    def _read(self, file: Path, device: torch.device) -> State:
        with file.open("rb") as stream:
            header = json.loads(stream.readline() or b"null")
            content = stream.read()
        if not isinstance(header, dict) or header.get("sha256") != hashlib.sha256(content).hexdigest():
            raise ValueError("it is torn")
        if header.get("identity") != self.identity:
            raise ValueError("it belongs to another training")
        state: State = torch.load(io.BytesIO(content), map_location=device, weights_only=True)
        if missing := [key for key in self.keys if key not in state]:
            raise ValueError(f"it lacks {missing[0]!r}")
        return state

    def _newest_first(self) -> list[Path]:
        return sorted(self.folder.glob(f"step*{SUFFIX}"), reverse=True)


def random_state() -> dict[str, Any]:
    """The global random states of torch (CPU and GPU) and numpy."""
    kind, keys, position, has_gauss, cached = np.random.get_state(legacy=True)
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "numpy": [kind, torch.from_numpy(np.asarray(keys, np.int64)), position, has_gauss, cached],
    }


def set_random_state(state: State) -> None:
    """Set what `random_state` returned."""
    torch.set_rng_state(state["torch"].cpu())
    for index, gpu_state in enumerate(state["cuda"]):
        torch.cuda.set_rng_state(gpu_state.cpu(), index)
    kind, keys, position, has_gauss, cached = state["numpy"]
    np.random.set_state((kind, keys.cpu().numpy().astype(np.uint32), position, has_gauss, cached))
