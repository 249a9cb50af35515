"""One question about the open transaction that error handlers at three doors ask."""

from django.db import connection, transaction


def abandon_open_transaction() -> None:
    """Make the surrounding transaction, if any, roll back: an error answer must not commit half a request."""
    if connection.in_atomic_block:
        transaction.set_rollback(True)
