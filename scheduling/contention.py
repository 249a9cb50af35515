"""What happens when two transactions wait for each other: PostgreSQL ends one of them, and it tries again."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")
TRIES = 4


def retry_deadlocks(work: Callable[[], Answer]) -> Answer:
    """Run something that opens its own transaction or savepoint, and run it again when a deadlock ended it.

    Rolling back, also to a savepoint, gives up the locks that were taken since, so the others go on meanwhile.

    Raises:
        OperationalError: after four tries, or for anything else.
    """
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            return work()
        except OperationalError as error:
            if not tries_left or not isinstance(error.__cause__, DeadlockDetected):
                raise
            log.info("diary.deadlock")
    raise AssertionError
