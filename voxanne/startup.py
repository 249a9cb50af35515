"""What must be right in the database before a process may serve: looked at once, before any port is opened.

Settings are looked at earlier (see `voxanne.env`). Rooms register what they know; a problem stops the process with one
banner. A database that cannot be reached does not: `/health/ready` says so, and the process serves once it is back.
"""

import sys
from collections.abc import Callable

from django.db import OperationalError, ProgrammingError, connections

# A check gives the problem in words, or "" when all is well.
StartCheck = Callable[[], str]
_checks: dict[str, StartCheck] = {}
_loaders: dict[str, Callable[[], None]] = {}


def register_start_check(name: str, check: StartCheck) -> None:
    """Have every serving process ask this before it starts. Registering a name again replaces it."""
    _checks[name] = check


def register_preload(name: str, load: Callable[[], None]) -> None:
    """Have web and worker processes load this before their first request or task. A name again replaces it."""
    _loaders[name] = load


def preload() -> None:
    """Load what was registered; what is loaded already takes no time."""
    for load in _loaders.values():
        load()


def find_start_problems() -> list[str]:
    """What keeps this process from serving, one line each."""
    problems = []
    for name, check in _checks.items():
        try:
            problem = check()
        except (OperationalError, ProgrammingError):  # no database yet, or not migrated: readiness tells
            continue
        if problem:
            problems.append(f"  {name}: {problem}")
    return problems


def refuse_to_start_broken() -> None:
    """Print all problems and exit with 1, or return with no connection left open (a fork must not inherit one)."""
    problems = find_start_problems()
    for connection in connections.all(initialized_only=True):
        connection.close()
        getattr(connection, "close_pool", lambda: None)()
    if problems:
        rule = "=" * 78
        sys.stderr.write("\n".join([rule, "Voxanne cannot start:", *problems, rule, ""]))
        sys.exit(1)
