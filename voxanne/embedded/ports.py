"""Which ports an installation uses, and whether they are free."""

import os
import socket
import time
from dataclasses import asdict, dataclass, fields

from voxanne.embedded.console import SetUpFailed

HOST = "127.0.0.1"
DEFAULT_BASE = 8000
# Runs of ports for tests and trials: beside what people use, below what the system gives to connections (32768 on).
_SPARE_BASES: tuple[int, ...] = tuple(range(21_000, 29_000, 10))
# The threads of a process that was just killed may hold its port a moment longer than the process is seen.
PATIENCE_S = 1.5


@dataclass(frozen=True)
class Ports:
    """A run of ports from a base: what is printed and what the processes bind."""

    web: int
    live: int
    admin: int
    sandbox: int
    redis: int


def plan_ports(base: int) -> Ports:
    """The ports of one installation. Redis is not for people: it moves to any free port when its own is taken."""
    redis = base + 4 if is_free(base + 4) else free_port()
    return Ports(web=base, live=base + 1, admin=base + 2, sandbox=base + 3, redis=redis)


def require_free(ports: Ports, *, unused: frozenset[str]) -> None:
    """Refuse to start where something else listens.

    Raises:
        SetUpFailed: names each taken port and what to type instead.
    """
    wanted = {name: port for name, port in asdict(ports).items() if name not in unused}
    deadline = time.monotonic() + PATIENCE_S
    while (taken := [f"{port} ({name})" for name, port in wanted.items() if not is_free(port)]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.05)
    if taken:
        plural = "s are" if len(taken) > 1 else " is"
        raise SetUpFailed(
            f"Port{plural} in use by another program: {', '.join(taken)}.\n"
            f"Stop it, or choose another base port: bin/up --port {_suggest(ports.web)}"
        )


def is_free(port: int) -> bool:
    """Whether nothing listens on the loopback port. A port that waits out its last connections counts as free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nothing uses, and that the system chooses for nobody else within the next minute.

    Who closes a connection first keeps its port from being chosen for a minute. It can be listened on all the same.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, 0))
        listener.listen(1)
        port = int(listener.getsockname()[1])
        with socket.create_connection((HOST, port)):
            listener.accept()[0].close()
    return port


def free_base() -> int:
    """The first of as many ports in a row as an installation needs. Two processes begin to look at different places.

    Raises:
        SetUpFailed: all are in use.
    """
    begin = os.getpid() % len(_SPARE_BASES)
    for base in (*_SPARE_BASES[begin:], *_SPARE_BASES[:begin]):
        if _is_run_free(base):
            return base
    raise SetUpFailed(f"All ports from {_SPARE_BASES[0]} to {_SPARE_BASES[-1]} are in use.")


def _is_run_free(base: int) -> bool:
    return all(is_free(base + step) for step in range(len(fields(Ports))))


def _suggest(base: int) -> int:
    candidates = range(base + 100, 65000, 100)
    return next(filter(_is_run_free, candidates), base + 100)
