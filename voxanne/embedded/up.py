"""`bin/up`: everything that a local installation needs, started in the right order, watched, and stopped on Ctrl-C."""

import argparse
import os
import shutil
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voxanne.embedded import background
from voxanne.embedded.assets import ensure_assets
from voxanne.embedded.children import Child, Command, stop_all
from voxanne.embedded.console import SetUpFailed, complain, say
from voxanne.embedded.database import DATABASE, LocalDatabase
from voxanne.embedded.environment import home as find_home
from voxanne.embedded.environment import keep_secrets, local_addresses, write_environment
from voxanne.embedded.instance import Instance, claim
from voxanne.embedded.ports import DEFAULT_BASE, Ports, plan_ports, require_free
from voxanne.embedded.processes import build_commands
from voxanne.embedded.services import EmbeddedPostgres, EmbeddedRedis, start_postgres, start_redis

ROOT = Path(__file__).resolve().parents[2]
HEALTH_WAIT_S = 180.0
WATCH_EVERY_S = 0.2
OURS = ("postgres", "redis", "sandbox", "stamps", "logs", "env", "demo.json", "beat-schedule", "metrics")


@dataclass(frozen=True)
class Options:
    """What was typed."""

    port: int
    sandbox: bool
    demo: bool
    reset: bool
    detach: bool


def parse(arguments: list[str]) -> Options:
    """Read the command line; `--help` explains it."""
    parser = argparse.ArgumentParser(prog="bin/up", description="Start Voxanne on this machine. Ctrl-C stops it.")
    parser.add_argument("--port", type=int, default=DEFAULT_BASE, help="base port; the next four are used too (8000)")
    parser.add_argument("--no-sandbox", action="store_true", help="do not start the simulator of the providers")
    parser.add_argument("--no-demo", action="store_true", help="do not make the demo clinic")
    parser.add_argument("--reset", action="store_true", help="first delete the local data: database, secrets, logs")
    parser.add_argument("--detach", action="store_true", help="return once it runs; bin/down stops it")
    typed = parser.parse_args(arguments)
    if not 1024 <= typed.port <= 65530:
        parser.error("--port takes a number from 1024 to 65530")
    return Options(typed.port, not typed.no_sandbox, not typed.no_demo, typed.reset, typed.detach)


class Installation:
    """One home's services and processes, from start to stop."""

    def __init__(self, options: Options, home: Path, instance: Instance) -> None:
        self._options = options
        self._home = home
        self._instance = instance
        self._children: list[Child] = []
        self._postgres: EmbeddedPostgres | None = None
        self._redis: EmbeddedRedis | None = None
        self._stopping = threading.Event()

    def run(self) -> None:
        """Start, announce, watch until told to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stopping.set())
        try:
            self._start()
            self._watch()
        finally:
            self._stop()

    def _start(self) -> None:
        ports = plan_ports(self._options.port)
        require_free(ports, unused=frozenset() if self._options.sandbox else frozenset({"sandbox"}))
        with ThreadPoolExecutor(max_workers=3) as pool:
            steps: list[Future[Any]] = [
                pool.submit(ensure_assets),
                pool.submit(self._start_postgres),
                pool.submit(self._start_redis, ports),
            ]
            for step in steps:
                step.result()  # raises what the step raised
        environment = self._environment(ports)
        database = LocalDatabase(self._home, environment, self._postgres)
        database.ensure_schema()
        login = database.ensure_demo() if self._options.demo else {}
        web, *others = build_commands(
            ports=ports, home=self._home, environment=environment, sandbox=self._options.sandbox
        )
        self._start_child(web)
        self._wait_for(web)
        if not self._stopping.is_set():
            self._announce(environment, login)
        for command in others:
            self._start_child(command)

    def _start_postgres(self) -> None:
        if not os.environ.get("DATABASE_URL"):
            self._postgres = start_postgres(self._home / "postgres")

    def _start_redis(self, ports: Ports) -> None:
        if not os.environ.get("REDIS_URL"):
            self._redis = start_redis(self._home / "redis", port=ports.redis)

    def _environment(self, ports: Ports) -> dict[str, str]:
        """What the processes get, kept in the home for commands typed beside them. Variables that are set win."""
        made = {"VOXANNE_ENV": "development", **keep_secrets(self._home / "env")}
        made |= local_addresses(ports=ports, sandbox=self._options.sandbox)
        made["STATIC_ROOT"] = str(self._home / "static")
        made["PROMETHEUS_MULTIPROC_DIR"] = str(fresh_folder(self._home / "metrics"))
        if self._postgres:
            made["DATABASE_URL"] = self._postgres.url(login="voxanne_web", database=DATABASE)
            made["DATABASE_PREPARE_THRESHOLD"] = "5"  # nothing stands between
        if self._redis:
            made["REDIS_URL"] = self._redis.url
        write_environment(self._home / "env", made)
        return {**made, **os.environ, "VOXANNE_HOME": str(self._home)}

    def _start_child(self, command: Command) -> None:
        child = Child(command, logs=self._home / "logs", cwd=ROOT, echo=not self._options.detach)
        self._children.append(child)
        child.start()
        self._remember()

    def _remember(self) -> None:
        self._instance.remember_children([child.pid for child in self._children if child.pid])

    def _wait_for(self, command: Command) -> None:
        child = self._children[-1]
        deadline = time.monotonic() + HEALTH_WAIT_S
        while not answers(command.address) and not self._stopping.is_set():
            if child.has_ended() or time.monotonic() > deadline:
                log = self._home / "logs" / f"{command.name}.log"
                raise SetUpFailed(
                    f"The {command.name} process does not answer. The end of its log, {log}:\n{_tail(log)}"
                )
            time.sleep(0.03)

    def _announce(self, environment: dict[str, str], login: dict[str, str]) -> None:
        lines = ["", f"  Voxanne is running at {environment['BACKEND_URL']}"]
        if "email" in login and "password" in login:
            lines.append(f"  Sign in with          {login['email']}  and  {login['password']}")
        if environment["SANDBOX_URL"]:
            lines.append(f"  Simulated providers   {environment['SANDBOX_URL']}")
        lines += [f"  Logs and data         {self._home}", ""]
        for line in lines:
            say(line)
        self._instance.save(status="running", address=environment["BACKEND_URL"], announcement=lines)

    def _watch(self) -> None:
        while not self._stopping.wait(WATCH_EVERY_S):
            restarted = [child for child in self._children if child.look_after()]
            if restarted:
                self._remember()

    def _stop(self) -> None:
        if self._children:
            say("Stopping …")
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        stop_all(self._children)
        if self._redis:
            self._redis.stop()
        if self._postgres:
            self._postgres.stop()
        if self._children:
            say("Stopped.")


def fresh_folder(path: Path) -> Path:
    """The folder, with nothing in it: the figures of the last run would be added to this one's."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def answers(address: str) -> bool:
    """Whether a health address says 200. Asks the loopback directly, whatever proxy is configured."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-30:]) if log.exists() else "(no log)"


def _reset(home: Path) -> None:
    for name in OURS:
        path = home / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    say(f"Deleted the local data in {home}.")


def main() -> int:
    """Run the command; the exit code is 0 after a wanted stop, 1 when it could not start."""
    options = parse(sys.argv[1:])
    home = find_home()
    if os.environ.get("VOXANNE_ENV", "development") != "development":
        complain("bin/up is for development. In production run the processes of docker-compose.yml.")
        return 1
    try:
        if options.detach and not background.is_inside():
            return background.start(home)
        with claim(home) as instance:
            if options.reset:
                background.stop_services(home)
                _reset(home)
            for folder in ("logs", "static"):
                (home / folder).mkdir(parents=True, exist_ok=True)
            Installation(options, home, instance).run()
    except SetUpFailed as failure:
        complain(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
