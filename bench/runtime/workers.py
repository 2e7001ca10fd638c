"""Processes that share work, and end with the process that started them, however it ends."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any

Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]


@contextmanager
def mapping(jobs: int) -> Iterator[Map]:
    """A `map`, in order, by `jobs` fresh processes, or by this one; an error drops the work that has not begun."""
    if jobs <= 1:
        yield map
        return
    spawn = multiprocessing.get_context("spawn")  # forking a process that has threads is unsafe
    with ProcessPoolExecutor(jobs, spawn, initializer=end_with_parent) as pool:
        try:
            yield pool.map
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def end_with_parent() -> None:
    """Make this worker end when its parent does: after a SIGKILL of the parent it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end() -> None:
        wait([parent.sentinel])  # the kernel closes the parent's end of a pipe
        os._exit(1)

    threading.Thread(target=end, name="end with parent", daemon=True).start()
