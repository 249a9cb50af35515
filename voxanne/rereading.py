"""Reading again what a cache is about to forget: in the background, once nobody waits, so that no caller pays for it.

Many entries are read in the same burst and would end in the same moment; without this the burst half a minute later
reads them all again while telephones ring.
"""

from collections.abc import Callable, Sequence

import structlog
from django.conf import settings
from django.db import connections

from voxanne.courier import Courier
from voxanne.waiting import callers

log = structlog.get_logger(__name__)

# A cached value is read again after the first quarter of its 30 seconds: there is time, but not without end.
QUIET_S = 0.1
PATIENCE_S = 5.0
_Reading = tuple[Callable[[str], object], str]


def reread_later(load: Callable[[str], object], key: str) -> None:
    """Have `load(key)` called soon by a thread of its own; it puts what it read where it belongs.

    Only where such a thread runs (`settings.SEND_IN_BACKGROUND`): elsewhere an entry simply ends. What could not be
    read ends too.
    """
    if settings.SEND_IN_BACKGROUND:
        _courier.hand_over((load, key))


def _read(readings: Sequence[_Reading]) -> bool:
    was_read, patience_s = 0, PATIENCE_S
    for load, key in readings:
        patience_s -= callers.give_way(quiet_s=QUIET_S, at_most_s=patience_s)
        try:
            load(key)
            was_read += 1
        except Exception:
            log.exception("cache.not_read_again")
            connections.close_all()
    # The thread sleeps until the next entry ages: its connection is more use in the pool.
    connections.close_all()
    return was_read == len(readings)


_courier = Courier(_read, name="rereading")
