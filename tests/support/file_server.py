"""An HTTP server on 127.0.0.1 that serves made files, and breaks off, refuses or answers with a web page when told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

QUOTA_PAGE = b"<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head></html>"


@dataclass
class FileServer:
    """What is served under which name, how the server misbehaves, and what it was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    address: str = ""
    breaks_after: list[int] = field(default_factory=list)  # bytes sent before each of the next answers breaks off
    statuses: list[int] = field(default_factory=list)  # statuses of the next answers, in the place of a file
    answers_ranges: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # (name, Range header)


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[FileServer]:
    """Serve `files` until the block ends."""
    state = FileServer(files)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"state": state}))
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    state: FileServer

    def do_GET(self) -> None:
        name, wanted = self.path.lstrip("/"), self.headers.get("Range")
        self.state.asked.append((name, wanted))
        if self.state.statuses:
            self.send_error(self.state.statuses.pop(0))
        elif name not in self.state.files:
            self.send_error(404)
        else:
            self._send(self.state.files[name], wanted if self.state.answers_ranges else None)

    def _send(self, content: bytes, wanted: str | None) -> None:
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if wanted and start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        rest = content[start:]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.send_header("Content-Type", "text/html" if content == QUOTA_PAGE else "application/octet-stream")
        self.end_headers()
        self.wfile.write(rest[: self.state.breaks_after.pop(0)] if self.state.breaks_after else rest)
        self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep the tests' output clean."""
