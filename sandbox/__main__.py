"""Run the sandbox: `python -m sandbox --port 8003 --data .voxanne/sandbox`."""

import argparse
from pathlib import Path

import uvicorn

from sandbox.app import Options, create_app

DEFAULT_PORT = 8003


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port to listen on (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--data", type=Path, default=Path(".voxanne/sandbox"), help="folder for what it remembers")
    parser.add_argument("--public-url", help="address under which others reach it (default: http://HOST:PORT)")
    parser.add_argument("--fast", action="store_true", help="play calls started through the API without waiting")
    arguments = parser.parse_args()
    base_url = (arguments.public_url or f"http://{arguments.host}:{arguments.port}").rstrip("/")
    app = create_app(Options(data=arguments.data, base_url=base_url, fast=arguments.fast))
    uvicorn.run(
        app,
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
