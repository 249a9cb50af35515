"""A sandbox running in this process, on a free port."""

import socket
import threading
import time
from pathlib import Path

import uvicorn

from sandbox.app import Options, create_app


def free_port() -> int:
    """A port that nobody listens on. The connection that is closed here keeps it from others for a minute."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        with socket.create_connection(address := listener.getsockname()):
            listener.accept()[0].close()
    return int(address[1])


class SandboxServer:
    """Starts on construction, stops on close."""

    def __init__(self, data: Path) -> None:
        self.base_url = f"http://127.0.0.1:{(port := free_port())}"
        app = create_app(Options(data=data, base_url=self.base_url, fast=True))
        config = uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def close(self) -> None:
        """Stop the server and wait until it has."""
        self._server.should_exit = True
        self._thread.join(5)
