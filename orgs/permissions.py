"""What each role may do, and how a view says what it needs.

A view without `require_permission` gets no organisation and no tenant transaction: forgetting fails closed.
"""

from collections.abc import Callable
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
    "services:read": Role.MEMBER,
    "services:write": Role.ADMIN,
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


def require_permission(permission: str) -> Callable[[View], View]:
    """Declare what a view (function or DRF class) needs. `OrgMiddleware` reads it, checks it and opens the transaction."""
    if permission not in PERMISSIONS:
        raise KeyError(f"unknown permission {permission!r}; add it to orgs.permissions.PERMISSIONS")

    def mark(view: View) -> View:
        view.org_permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def find_declared(view: Any, method: str) -> str | None:
    """The permission that a resolved view declared, or None. API classes may name one a method in `org_permissions`."""
    target = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    by_method: dict[str, str] | None = getattr(target, "org_permissions", None)
    if by_method is not None:
        return by_method.get(method.lower(), by_method.get("get") if method == "HEAD" else None)
    return getattr(view, "org_permission", None) or getattr(target, "org_permission", None)
