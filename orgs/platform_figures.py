"""Figures over all organisations at once, for Prometheus: counts only, never a row, read at each scrape.

Only the admin process's login may open this transaction, and only that process reads (see `voxanne.metrics.figures`).
"""

from collections.abc import Callable, Iterable

from django.db import connection
from django.db.backends.utils import CursorWrapper

from orgs.scope import service_tx
from voxanne.metrics.figures import Figure

# A scrape must never become a burden: rather no figure.
TIMEOUT_MS = 2000

ReadFigures = Callable[[CursorWrapper], Iterable[Figure]]
_readers: dict[str, ReadFigures] = {}


def register_platform_figures(name: str, read: ReadFigures) -> None:
    """Have each scrape of the platform read this too. Registering a name again replaces it."""
    _readers[name] = read


def read_all() -> list[Figure]:
    """Every room's figures, in one short transaction."""
    with service_tx("figures for monitoring"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{TIMEOUT_MS}ms"])
        return [figure for read in _readers.values() for figure in read(cursor)]
