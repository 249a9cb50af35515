"""One question about the open transaction that error handlers at three doors ask."""

from django.db import connection, transaction


def abandon_open_transaction() -> None:
    """Make the transaction that a middleware holds around the view, if any, roll back.

    An error answer must not commit half a request. A transaction that the view opened itself has ended by then.
    """
    if connection.in_atomic_block and getattr(connection, "voxanne_context", None) is not None:
        transaction.set_rollback(True)
