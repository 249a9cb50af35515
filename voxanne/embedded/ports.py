"""Which ports an installation uses, and whether they are free."""

import socket
import time
from dataclasses import asdict, dataclass

from voxanne.embedded.console import SetUpFailed

HOST = "127.0.0.1"
DEFAULT_BASE = 8000
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
    """A port that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _suggest(base: int) -> int:
    candidates = range(base + 100, 65000, 100)
    return next((port for port in candidates if all(is_free(port + step) for step in range(5))), base + 100)
