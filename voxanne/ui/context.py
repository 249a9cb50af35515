"""What the frame of every page needs, computed only when a template asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from voxanne.clock import now
from voxanne.ui import navigation, permissions, theme
from voxanne.ui.navigation import NavItem, NavLink


class ShownMembership(Protocol):
    """A membership as the organisation switcher shows it."""

    org_id: UUID
    org_name: str
    role: str


class Shell:
    """The frame of one request's page. Reading an attribute is what computes it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def org(self) -> Any:
        """The active organisation, None when there is none."""
        return getattr(self._request, "org", None)

    @cached_property
    def memberships(self) -> list[ShownMembership]:
        """The organisations the signed-in person can switch to."""
        return list(getattr(self._request, "memberships", None) or [])

    @cached_property
    def nav(self) -> list[NavLink]:
        """The pages of the menu."""
        return self._links(navigation.MAIN)

    @cached_property
    def nav_foot(self) -> list[NavLink]:
        """The pages at the menu's foot."""
        return self._links(navigation.FOOT)

    @cached_property
    def theme(self) -> theme.Choice:
        """The theme chosen: light, dark or system."""
        return theme.chosen(self._request)

    @cached_property
    def theme_name(self) -> str:
        """The value of data-theme, empty when the system decides."""
        return theme.theme_name(self.theme)

    @property
    def sandbox(self) -> bool:
        """Whether this deployment talks to simulated providers."""
        return bool(getattr(settings, "SANDBOX", False))

    @property
    def live_url(self) -> str:
        """Address of the organisation's event stream from this moment on; empty without an organisation."""
        address = str(getattr(settings, "LIVE_URL", "")) if self.org else ""
        return f"{address}?since={int(now().timestamp() * 1000)}" if address else ""

    @property
    def unverified_email(self) -> str:
        """The member's email address while it is not verified, else empty."""
        return str(getattr(self._request, "unverified_email", "") or "")

    def _links(self, items: tuple[NavItem, ...]) -> list[NavLink]:
        match = self._request.resolver_match
        view_name = match.view_name if match else ""
        return list(navigation.links(items, view_name=view_name, allows=self.allows))

    def allows(self, permission: str) -> bool:
        """Say whether the member's role has a permission."""
        membership = getattr(self._request, "membership", None)
        return permissions.is_allowed(getattr(membership, "role", None), permission)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: the frame as `shell`."""
    return {"shell": Shell(request)}
