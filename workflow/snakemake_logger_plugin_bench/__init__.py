"""`snakemake --logger bench`: one line of progress in the place of the listing of jobs; failures in full.

On a terminal the line is drawn anew each second, elsewhere a line is written each minute. What the jobs themselves
write goes to .snakemake/log/jobs.log (each job also has its own log); Snakemake's listing is in .snakemake/log as ever.
"""

import logging
import os
import shutil
import sys
import threading
import time
from pathlib import Path

from snakemake.logging import DefaultFormatter
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

JOBS_LOG = Path(".snakemake") / "log" / "jobs.log"


class LogHandler(LogHandlerBase):
    """Draws the line and prints failures; takes the terminal from the jobs until it is closed."""

    writes_to_stream, writes_to_file, needs_rulegraph = True, False, False
    has_filter, has_formatter = True, True

    def __post_init__(self) -> None:
        from bench.workflow.time_left import announced

        self._left = announced()
        JOBS_LOG.parent.mkdir(parents=True, exist_ok=True)
        sys.stdout.flush()
        self._kept = [os.dup(1), os.dup(2)]
        self._stream = os.fdopen(os.dup(2), "w", encoding="utf-8")
        with JOBS_LOG.open("w", encoding="utf-8") as jobs:
            os.dup2(jobs.fileno(), 1)
            os.dup2(jobs.fileno(), 2)
        self._formatter = DefaultFormatter(show_failed_logs=True)
        self._over = threading.Event()
        threading.Thread(target=self._tick, daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Note what a job does; print what went wrong."""
        event, told, now = getattr(record, "event", None), vars(record), time.monotonic()
        if event == LogEvent.RUN_INFO:
            self._left.expect({rule: count for rule, count in told["stats"].items() if rule not in ("total", "all")})
        elif event == LogEvent.JOB_INFO:
            name = Path(told["log"][0]).stem if told["log"] else told["rule_name"]
            self._left.begin(told["jobid"], told["rule_name"], name, now)
        elif event == LogEvent.JOB_FINISHED:
            self._left.end(told["job_id"], now)
        if record.levelno >= logging.WARNING:
            self._say(self._formatter.format(record))

    def close(self) -> None:
        """Give the terminal back."""
        if not self._over.is_set():
            self._over.set()
            self._say(self._left.result(time.monotonic()))
            for number, kept in zip((1, 2), self._kept, strict=True):
                os.dup2(kept, number)
        super().close()

    def _tick(self) -> None:
        terminal = self._stream.isatty()
        while not self._over.wait(1.0 if terminal else 60.0):
            self.acquire()
            try:
                line = self._left.line(time.monotonic())
                shown = "\r\033[K" + line[: shutil.get_terminal_size().columns - 1] if terminal else line + "\n"
                self._stream.write(shown)
                self._stream.flush()
            finally:
                self.release()

    def _say(self, text: str) -> None:
        clear = "\r\033[K" if self._stream.isatty() else ""
        self._stream.write(f"{clear}{text}\n")
        self._stream.flush()
