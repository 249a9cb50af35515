"""A whole installation for the length of one run: its own PostgreSQL, Redis, schema, clinic, web server and worker.

PostgreSQL commits durably and Django runs as in production: what is left out is only TLS and the proxy.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from redis import Redis

from voxanne.embedded.children import Command
from voxanne.embedded.environment import development_secrets
from voxanne.embedded.ports import HOST, Ports, free_port
from voxanne.embedded.processes import build_commands
from voxanne.embedded.roles import ensure_database
from voxanne.embedded.services import start_postgres, start_redis
from voxanne.embedded.up import answers

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "voxanne"
START_WAIT_S = 60.0
STOP_WAIT_S = 10.0
# What the bare view writes to, as large and as indexed as the inbox; made by the owner, used by the web login.
_BARE_TABLE = """
CREATE TABLE bare_events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id uuid NOT NULL,
    event_type text NOT NULL,
    vapi_call_id text NOT NULL,
    payload jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, vapi_call_id, event_type)
);
GRANT SELECT, INSERT, UPDATE ON bare_events TO voxanne_web;
"""


@dataclass
class Stack:
    """The running installation. `environment` is what each of its processes gets."""

    home: Path
    environment: dict[str, str]
    superuser_url: str
    owner_url: str
    ports: Ports
    service_pids: list[int]
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    @property
    def web(self) -> int:
        """The port of the site and the webhooks."""
        return self.ports.web

    def start_web(self) -> None:
        """The web server as `bin/up` starts it, with the bare view beside the product."""
        command = self._command("web")
        self.start(replace(command, arguments=(*command.arguments[:-1], "bench.wsgi:application")))

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker as `bin/up` starts it, while this is open."""
        self.start(self._command("worker"))
        try:
            yield
        finally:
            self.stop("worker")

    @contextmanager
    def beat(self) -> Iterator[None]:
        """The clock that wakes sweepers, while this is open."""
        self.start(self._command("beat"))
        try:
            yield
        finally:
            self.stop("beat")

    @contextmanager
    def sandbox(self) -> Iterator[None]:
        """The simulated providers, to which every process of this stack speaks, while this is open."""
        self.start(self._command("sandbox"))
        try:
            yield
        finally:
            self.stop("sandbox")

    def forget_backlog(self) -> None:
        """Call everything in the inbox done and empty the queues: what an earlier measurement left must not wait."""
        with psycopg.connect(self.superuser_url, dbname=DATABASE, autocommit=True) as connection:
            connection.execute("UPDATE webhook_events SET processed_at = now() WHERE processed_at IS NULL")
        with Redis.from_url(self.environment["REDIS_URL"]) as redis:
            redis.delete("critical", "default", "bulk")

    def start(self, command: Command) -> None:
        """Start one process and wait until it answers.

        Raises:
            RuntimeError: it ended or said nothing for a minute; its log is in the message.
        """
        log = self.home / "logs" / f"{command.name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                command.arguments,
                cwd=ROOT,
                env=command.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.processes[command.name] = process
        deadline = time.monotonic() + START_WAIT_S
        while command.address and not answers(command.address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command.name} does not answer:\n{log.read_text()[-4000:]}")
            time.sleep(0.05)

    def stop(self, name: str) -> None:
        """End one process and whatever it started."""
        process = self.processes.pop(name)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WAIT_S)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _command(self, name: str) -> Command:
        commands = build_commands(ports=self.ports, home=self.home, environment=self.environment, sandbox=True)
        return next(command for command in commands if command.name == name)


@contextmanager
def running_stack() -> Iterator[Stack]:
    """Start everything but the worker; stop it all and delete its data at the end."""
    home = Path(tempfile.mkdtemp(prefix="voxanne-bench-"))
    (home / "logs").mkdir()
    ports = Ports(*(free_port() for _ in range(5)))
    postgres = start_postgres(home / "postgres")
    redis = start_redis(home / "redis", port=ports.redis)
    stack = Stack(
        home=home,
        environment={
            **os.environ,
            **_settings(home, ports),
            "DATABASE_URL": postgres.url(login="voxanne_web", database=DATABASE),
            "DATABASE_PREPARE_THRESHOLD": "5",  # nothing stands between, as with bin/up and docker-compose.yml
            "REDIS_URL": redis.url,
        },
        superuser_url=postgres.superuser_url,
        owner_url=postgres.url(login="voxanne_owner", database=DATABASE),
        ports=ports,
        service_pids=[redis.pid, _postmaster(home)],
    )
    try:
        _prepare_database(stack)
        stack.start_web()
        yield stack
    finally:
        for name in list(stack.processes):
            stack.stop(name)
        redis.stop()
        postgres.stop()
        shutil.rmtree(home, ignore_errors=True)


def _postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])


def _settings(home: Path, ports: Ports) -> dict[str, str]:
    return {
        **development_secrets(),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "VOXANNE_ENV": "production",
        "VOXANNE_HOME": str(home),
        "STATIC_ROOT": str(home / "static"),
        "PROMETHEUS_MULTIPROC_DIR": str(home / "metrics"),
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "BACKEND_URL": "https://bench.example",
        "VAPI_BASE_URL": f"http://{HOST}:{ports.sandbox}/vapi",
        "TWILIO_BASE_URL": f"http://{HOST}:{ports.sandbox}/twilio",
        "RESEND_BASE_URL": f"http://{HOST}:{ports.sandbox}/resend",
        "OPENAI_BASE_URL": f"http://{HOST}:{ports.sandbox}/openai/v1",
        "PYTHONPATH": str(ROOT),
    }


def _prepare_database(stack: Stack) -> None:
    (stack.home / "static").mkdir()
    (stack.home / "metrics").mkdir()
    ensure_database(stack.superuser_url, database=DATABASE)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env={**stack.environment, "VOXANNE_PROCESS": "owner"},
        check=True,
    )
    with psycopg.connect(stack.owner_url, autocommit=True) as connection:
        connection.execute(_BARE_TABLE)
