"""A product's webhook address: takes any request and remembers it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PATIENCE_S = 5


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    url: str
    headers: dict[str, str]
    raw: bytes

    @property
    def form(self) -> dict[str, str]:
        """Its body, read as a form."""
        return dict(parse_qsl(self.raw.decode(), keep_blank_values=True))

    @property
    def query(self) -> dict[str, str]:
        """Its query."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))


@dataclass
class Receiver:
    """What arrived, and how to answer: a status and a text for each request."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], tuple[int, str]] = lambda _request: (200, "")

    def wait_for(self, count: int, *, matching: Callable[[Received], Any] = bool) -> list[Received]:
        """Wait until so many requests have come in and return them."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found = [item for item in list(self.received) if matching(item)]
            if len(found) >= count:
                return found
            time.sleep(0.01)
        raise AssertionError(f"only {len(self.received)} requests arrived: {self.received}")


class ReceiverServer:
    """Serves a receiver on a free port."""

    def __init__(self, receiver: Receiver) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(receiver))
        self._server.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _handler_for(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _take(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.command, f"{receiver.url}{self.path}", headers, raw)
            status, text = receiver.answer(request)
            receiver.received.append(request)
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_POST(self) -> None:
            self._take()

        def do_GET(self) -> None:
            self._take()

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    return Handler
