"""What PostgreSQL refused for the sake of isolation: in a healthy product that never happens.

Counted at the statement itself, so that a refusal which the code above catches is counted too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from voxanne.metrics.definitions import counter

DENIALS = counter(
    "rls_denials",
    "Statements that isolation refused: no right, or no organisation.",
    labels=("reason",),
    from_zero=("no_right", "no_organisation"),
)

_expected: ContextVar[bool] = ContextVar("expected_denials", default=False)


def count_denials_of(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Watch a connection's statements. Receives Django's `connection_created`."""
    if _watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(_watch)


@contextmanager
def expected_denials() -> Iterator[None]:
    """A check that tries what must be refused: its refusals are the proof, and not counted."""
    token = _expected.set(True)
    try:
        yield
    finally:
        _expected.reset(token)


def _watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    try:
        return execute(sql, params, many, context)
    except Error as error:
        if (reason := reason_of(error)) and not _expected.get():
            DENIALS.labels(reason).inc()
        raise


def reason_of(error: Error) -> str:
    """`no_right` or `no_organisation`; empty when PostgreSQL refused for another reason."""
    cause = error.__cause__
    match getattr(cause, "sqlstate", None):
        case "42501":
            return "no_right"
        case "42704" if "app.org_id" in str(cause):
            return "no_organisation"
        case "22P02" if 'type uuid: ""' in str(cause):
            return "no_organisation"
    return ""
