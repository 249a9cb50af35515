"""The product's processes as commands: what `bin/up` starts and what docker-compose.yml says again for production."""

import sys
from pathlib import Path

from voxanne.embedded.children import Command
from voxanne.embedded.ports import HOST, Ports

# Two processes use two cores. Eight threads each: more would only wait for the interpreter.
WEB_WORKERS = 2
WEB_THREADS = 8
# Most of their time tasks wait for a provider or the database: a Vapi that is slow to two clinics delays no third.
WORKER_PROCESSES = 4
# Granian counts accepted connections here, idle keep-alive ones included; a small figure would lock browsers out.
WEB_CONNECTIONS = 1024
# A container's only user is root, which Celery warns about at each start; its messages here are JSON ids only.
_QUIET = "ignore:You're running the worker with superuser privileges"


def build_commands(*, ports: Ports, home: Path, environment: dict[str, str], sandbox: bool) -> list[Command]:
    """All processes, the web first: it is what people wait for."""

    def command(name: str, *arguments: str, address: str = "") -> Command:
        process = {"VOXANNE_PROCESS": name, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": _QUIET}
        return Command(name, (sys.executable, "-m", *arguments), {**environment, **process}, address)

    schedule = str(home / "beat-schedule")
    commands = [
        command("web", *_granian(ports.web, workers=WEB_WORKERS), address=f"http://{HOST}:{ports.web}/health"),
        command(
            "worker", *_celery("worker"), "--queues", "critical,default,bulk", "--concurrency", str(WORKER_PROCESSES)
        ),
        command("live", *_uvicorn(ports.live), address=f"http://{HOST}:{ports.live}/health"),
        command("beat", *_celery("beat"), "--schedule", schedule, "--pidfile", ""),
        command("admin", *_granian(ports.admin, workers=1), address=f"http://{HOST}:{ports.admin}/health"),
    ]
    if sandbox:
        data = str(home / "sandbox")
        arguments = ("sandbox", "--port", str(ports.sandbox), "--data", data)
        commands.append(command("sandbox", *arguments, address=f"http://{HOST}:{ports.sandbox}/sandbox/health"))
    return commands


def _granian(port: int, *, workers: int) -> tuple[str, ...]:
    return (
        "voxanne.web", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(WEB_THREADS), "--backpressure", str(WEB_CONNECTIONS), "--no-ws", "--http", "1",
        "--workers-kill-timeout", "5", "--log-level", "error", "--no-access-log", "voxanne.wsgi:application",
    )  # fmt: skip


def _uvicorn(port: int) -> tuple[str, ...]:
    return (
        "uvicorn", "voxanne.asgi:application", "--host", HOST, "--port", str(port), "--log-level", "warning",
        "--no-access-log", "--timeout-graceful-shutdown", "2", "--ws", "none",
    )  # fmt: skip


def _celery(role: str) -> tuple[str, ...]:
    quiet = ("--without-gossip", "--without-mingle") if role == "worker" else ()
    return ("celery", "--app", "voxanne.celery", "--quiet", role, "--loglevel", "INFO", *quiet)
