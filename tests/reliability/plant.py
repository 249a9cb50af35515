"""The product's real processes on the tests' database, with a Redis of their own that may be taken away."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection
from kombu import Connection

from calls import tasks
from voxanne.embedded.ports import Ports, free_port
from voxanne.embedded.processes import build_commands
from voxanne.embedded.services import EmbeddedRedis, start_redis
from voxanne.embedded.up import answers

ROOT = Path(__file__).resolve().parents[2]
START_WAIT_S = 240.0


def wait_until(holds: Callable[[], object], *, within_s: float, what: str) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.05)


@dataclass
class Plant:
    """What runs for one test. `lease_s` is short, so that what a killed worker held is soon free again."""

    home: Path
    lease_s: int = 2
    ports: Ports = field(default_factory=lambda: Ports(*(free_port() for _ in range(5))))
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.redis: EmbeddedRedis = start_redis(self.home / "redis", port=self.ports.redis)
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        self.environment = {
            **os.environ,
            "VOXANNE_ENV": "test",
            "DATABASE_URL": address.geturl(),
            "REDIS_URL": self.redis.url,
            "WEBHOOK_LEASE_S": str(self.lease_s),
            "LOG_LEVEL": "WARNING",
            "WORKER_PRELOAD": "false",  # most workers here die before they could use it
            "PYTHONPATH": str(ROOT),
        }

    def start_web(self) -> None:
        command = self._command("web")
        self._start("web", command.arguments, command.environment)
        wait_until(lambda: answers(command.address), within_s=START_WAIT_S, what="the web server answers")

    def start_worker(self, *, solo: bool = False, app: str = "", **environment: str) -> None:
        """A worker as `bin/up` starts it; `solo` is one process, whose death is the worker's."""
        command = self._command("worker")
        arguments = tuple(app if app and part == "voxanne.celery" else part for part in command.arguments)
        if solo:
            arguments = (*arguments, "--pool", "solo")
        self._start("worker", arguments, {**command.environment, **environment})

    def kill(self, name: str) -> None:
        """SIGKILL a process and all that it started, as an out-of-memory killer or a lost machine would."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait_for_death(self, name: str, *, within_s: float) -> int:
        """The exit code of a process that ends by itself."""
        process = self.processes.pop(name)
        try:
            return process.wait(within_s)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def revive_worker(self) -> None:
        """Start the worker again if it ended by itself, as `bin/up` and compose do.

        Celery's now and then does when Redis goes while a message is in hand.
        """
        if self.processes["worker"].poll() is not None:
            self.start_worker()

    def stop_redis(self) -> None:
        self.redis.stop()

    def restart_redis(self) -> None:
        self.redis = start_redis(self.home / "redis", port=self.ports.redis)

    def wake(self, *calls: tuple[str, str]) -> None:
        """What the web process sends: these calls (organisation, Vapi's id) have heard something."""
        with Connection(self.redis.url) as broker:
            tasks.process_calls.apply_async(args=[[list(call) for call in calls]], queue="critical", connection=broker)

    @contextmanager
    def sweeping(self, *, each_s: float = 1.0) -> Iterator[None]:
        """What beat does every ten seconds, oftener."""
        done = threading.Event()

        def sweep() -> None:
            while not done.wait(each_s):
                with suppress(Exception), Connection(self.redis.url, connect_timeout=1) as broker:
                    tasks.sweep_webhook_events.apply_async(
                        queue="critical", connection=broker, retry=False, expires=5 * each_s
                    )

        thread = threading.Thread(target=sweep, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(10)

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)
        self.redis.stop()

    def log_of(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(errors="replace")

    def _command(self, name: str):
        commands = build_commands(ports=self.ports, home=self.home, environment=self.environment, sandbox=False)
        return next(command for command in commands if command.name == name)

    def _start(self, name: str, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        assert arguments[0] == sys.executable
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                arguments,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
