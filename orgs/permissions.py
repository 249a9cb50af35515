"""What each role may do, and how a view says what it needs.

A view without `require_permission` gets no organisation and no tenant transaction: forgetting fails closed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from orgs.models import Role

_RANK = {Role.MEMBER: 0, Role.ADMIN: 1, Role.OWNER: 2}

# One line a permission: the least role that has it (spec 10, "Roles").
PERMISSIONS: dict[str, Role] = {
    "org:read": Role.MEMBER,
    "calls:read": Role.MEMBER,
    "calls:write": Role.MEMBER,
    "contacts:read": Role.MEMBER,
    "contacts:write": Role.MEMBER,
    "appointments:read": Role.MEMBER,
    "appointments:write": Role.MEMBER,
    "messages:read": Role.MEMBER,
    "messages:write": Role.MEMBER,
    "agents:read": Role.MEMBER,
    "agents:write": Role.ADMIN,
    "telephony:read": Role.MEMBER,
    "telephony:write": Role.ADMIN,
    "services:read": Role.MEMBER,
    "services:write": Role.ADMIN,
    "knowledge:read": Role.MEMBER,
    "knowledge:write": Role.ADMIN,
    "settings:read": Role.MEMBER,
    "settings:write": Role.ADMIN,
    "team:read": Role.MEMBER,
    "team:write": Role.ADMIN,
    "credentials:read": Role.MEMBER,
    "credentials:write": Role.ADMIN,
    "org:transfer": Role.OWNER,
    "org:delete": Role.OWNER,
    "org:export": Role.OWNER,
}

View = TypeVar("View", bound=Callable[..., Any])


def is_allowed(role: Role | str | None, permission: str) -> bool:
    """Whether a role has a permission. An unknown permission is a KeyError: a typo must not open a door."""
    needed = PERMISSIONS[permission]
    return role is not None and _RANK[Role(role)] >= _RANK[needed]


def require_permission(permission: str, *, post: str | None = None) -> Callable[[View], View]:
    """Declare what a view (function or DRF class) needs. `OrgMiddleware` reads it, checks it and opens the transaction.

    `post` names what the same address needs for writing when it answers both.
    """
    for name in filter(None, (permission, post)):
        if name not in PERMISSIONS:
            raise KeyError(f"unknown permission {name!r}; add it to orgs.permissions.PERMISSIONS")

    def mark(view: View) -> View:
        if post is None:
            view.org_permission = permission  # type: ignore[attr-defined]
        else:
            view.org_permissions = {"get": permission, "post": post}  # type: ignore[attr-defined]
        return view

    return mark


def require_fresh_sign_in(view: View) -> View:
    """Also ask for a sign-in of the last minutes: adding members, replacing credentials, exports."""
    view.needs_fresh_sign_in = True  # type: ignore[attr-defined]
    return view


def gives_a_file(view: View) -> View:
    """What it answers is downloaded, so that no page follows: a sign-in on the way ends on the page that offers it."""
    view.gives_a_file = True  # type: ignore[attr-defined]
    return view


def opens_own_transactions(view: View) -> View:
    """The view calls a provider: it gets its organisation's scope, and opens its own short `org_tx`s."""
    view.opens_own_transactions = True  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True)
class Declaration:
    """What a view said about itself."""

    permission: str | None = None
    holds_transaction: bool = True
    needs_fresh_sign_in: bool = False
    gives_a_file: bool = False


def declaration_of(view: Any, method: str) -> Declaration:
    """Everything that a resolved view declared, whether function, class or decorated."""
    target = getattr(view, "view_class", None) or getattr(view, "cls", None) or view

    def declared(name: str) -> bool:
        return bool(getattr(view, name, False) or getattr(target, name, False))

    return Declaration(
        permission=find_declared(view, method),
        holds_transaction=not declared("opens_own_transactions"),
        needs_fresh_sign_in=declared("needs_fresh_sign_in"),
        gives_a_file=declared("gives_a_file"),
    )


def find_declared(view: Any, method: str) -> str | None:
    """The permission that a resolved view declared, or None. API classes may name one a method in `org_permissions`."""
    target = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    by_method: dict[str, str] | None = getattr(target, "org_permissions", None)
    if by_method is not None:
        return by_method.get(method.lower(), by_method.get("get") if method == "HEAD" else None)
    return getattr(view, "org_permission", None) or getattr(target, "org_permission", None)
