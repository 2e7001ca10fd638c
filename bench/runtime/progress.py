"""Progress: a bar on a terminal; elsewhere (a log file, a cluster) one heartbeat line at most every 30 seconds."""

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Generic, Self, TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
HEARTBEAT_SECONDS = 30.0


class Progress(Generic[Item]):
    """Counts work done. Iterate over it, or use it as a context manager and call `update`."""

    def __init__(self, items: Iterable[Item], initial: int, description: str, unit: str) -> None:
        self._items = items
        self._total = len(items) if isinstance(items, Sized) else None
        self._initial = initial
        self._done = initial
        self._description = description
        self._unit = unit
        self._started = self._last = time.monotonic()
        self._note = ""
        self._bar = tqdm(  # of itself it shows nothing where there is no terminal
            total=self._total, initial=initial, desc=description, unit=f" {unit}", dynamic_ncols=True, disable=None
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def __iter__(self) -> Iterator[Item]:
        with self:
            for item in self._items:
                yield item
                self.update()

    def update(self, count: int = 1) -> None:
        """Count `count` more units as done."""
        self._done += count
        self._bar.update(count)
        if self._bar.disable and time.monotonic() - self._last >= HEARTBEAT_SECONDS:
            self._last = time.monotonic()
            print(self.line(), file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        """Show `text` behind the counts from now on."""
        self._note = text
        self._bar.set_postfix_str(text, refresh=False)

    def line(self) -> str:
        """One line: what, done/total, rate, time left and the note."""
        rate = (self._done - self._initial) / max(time.monotonic() - self._started, 1e-9)
        total = "" if self._total is None else f"/{self._total}"
        parts = [f"{self._description}: {self._done}{total} {self._unit}", f"{rate:.1f} {self._unit}/s"]
        if self._total is not None and rate > 0:
            parts.append(f"{tqdm.format_interval((self._total - self._done) / rate)} left")
        return ", ".join([*parts, self._note] if self._note else parts)


def progress(items: Iterable[Item], description: str, unit: str, initial: int = 0) -> Progress[Item]:
    """Progress over `items`: those that are iterated over, or a range of units that the caller counts with `update`.

    `initial` units were done before (a resumed run): they count as done, not towards the rate.
    """
    return Progress(items, initial, description, unit)
