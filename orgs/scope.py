"""Whose work this is, and what the database lets it see: two things, kept apart.

`org_scope` names the organisation in a context variable: managers, logs and tasks read it. `org_tx` is a short
transaction that takes the tenant role with that organisation; `service_tx` is the platform's. Outside of them a tenant
table answers "permission denied"; inside a tenant transaction without an organisation the policy itself raises.

Never call a provider while one is open. See docs/decisions/0002-row-level-security.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.db import connection, transaction

from orgs.errors import NestedScope, NoScope

if TYPE_CHECKING:
    from orgs.models import Organization

log = structlog.get_logger(__name__)

TENANT_ROLE = "voxanne_tenant"
SERVICE_ROLE = "voxanne_service"
NOBODY = UUID(int=0)

_scope: ContextVar[UUID | None] = ContextVar("org_scope", default=None)


@dataclass(frozen=True)
class _DatabaseContext:
    """What the open transaction may see: a role, its organisation and, for memberships, a person."""

    role: str
    org_id: UUID | None = None
    user_id: UUID | None = None


@contextmanager
def org_scope(org: "Organization | UUID") -> Iterator[UUID]:
    """Say that the work inside is this organisation's.

    Raises:
        TypeError: `org` is None; there is no scope that means everyone.
        NestedScope: the surrounding work belongs to another organisation.
    """
    org_id = org if isinstance(org, UUID) else getattr(org, "pk", None)
    if not isinstance(org_id, UUID):
        raise TypeError(f"org_scope takes an organisation or its id, not {type(org).__name__}")
    outer = _scope.get()
    if outer is not None and outer != org_id:
        raise NestedScope("work for one organisation was started inside work for another")
    token = _scope.set(org_id)
    with structlog.contextvars.bound_contextvars(org=str(org_id)):
        try:
            yield org_id
        finally:
            _scope.reset(token)


def find_current_org_id() -> UUID | None:
    """The organisation whose work this is, or None outside of any."""
    return _scope.get()


def current_org_id() -> UUID:
    """The organisation whose work this is.

    Raises:
        NoScope: nobody said.
    """
    org_id = _scope.get()
    if org_id is None:
        raise NoScope("tenant data needs an organisation: wrap the work in org_scope(org) and org_tx()")
    return org_id


def in_service_tx() -> bool:
    """Whether the open transaction is the platform's, which sees all organisations."""
    context: _DatabaseContext | None = getattr(connection, "voxanne_context", None)
    return context is not None and context.role == SERVICE_ROLE


@contextmanager
def org_tx() -> Iterator[None]:
    """One short transaction as the tenant whose scope is set. Nested for the same organisation it is a savepoint."""
    with _enter(_DatabaseContext(TENANT_ROLE, org_id=current_org_id())):
        yield


@contextmanager
def service_tx(reason: str) -> Iterator[None]:
    """One short transaction for the platform's own work across organisations; the reason is logged.

    Only logins that may become `voxanne_service` can open it: the web login cannot.
    """
    log.debug("service_tx", reason=reason)
    with _enter(_DatabaseContext(SERVICE_ROLE)):
        yield


@contextmanager
def user_tx(user_id: UUID) -> Iterator[None]:
    """One short transaction that sees a person's own memberships and their organisations, nothing else.

    It is the tenant role with the organisation "nobody" and one more policy on `profiles` and `organizations`.
    """
    with _enter(_DatabaseContext(TENANT_ROLE, org_id=NOBODY, user_id=user_id)):
        yield


@contextmanager
def _enter(wanted: _DatabaseContext) -> Iterator[None]:
    previous: _DatabaseContext | None = getattr(connection, "voxanne_context", None)
    if previous == wanted:
        with transaction.atomic():
            yield
        return
    if previous is not None and previous.role != SERVICE_ROLE:
        raise NestedScope(f"a transaction as {previous.role} is open; it cannot become {wanted.role} for another owner")
    nested = connection.in_atomic_block
    with transaction.atomic():
        _set_context(wanted)
        connection.voxanne_context = wanted  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connection.voxanne_context = previous  # type: ignore[attr-defined]
        # A released savepoint keeps what was set inside it (a rolled-back one does not), so it is undone by hand.
        if nested and not connection.needs_rollback:
            _set_context(previous)


def _set_context(context: _DatabaseContext | None) -> None:
    role = context.role if context else "none"
    org_id = str(context.org_id) if context and context.org_id else ""
    user_id = str(context.user_id) if context and context.user_id else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), "
            "set_config('app.org_id', %s, true), set_config('app.user_id', %s, true)",
            [role, org_id, user_id],
        )
