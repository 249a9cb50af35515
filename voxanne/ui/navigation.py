"""The menu: which pages stand in it, with which icon, for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

Allows = Callable[[str], bool]


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """A page of the menu. It is shown when its URL exists and the member has its permission."""

    label: str
    url_name: str
    icon: str
    permission: str | None = None
    owns: tuple[str, ...] = ()

    def covers(self, view_name: str) -> bool:
        """Say whether the view of this name belongs under this item."""
        return view_name == self.url_name or view_name in self.owns


@dataclass(frozen=True, kw_only=True)
class NavLink:
    """A menu item as one request sees it."""

    label: str
    href: str
    icon: str
    is_current: bool


MAIN = (
    NavItem(label="Overview", url_name="calls:overview", icon="layout-dashboard", permission="calls:read"),
    NavItem(
        label="Calls",
        url_name="calls:list",
        icon="phone",
        permission="calls:read",
        owns=("calls:detail", "calls:simulate"),
    ),
    NavItem(
        label="Leads",
        url_name="contacts:leads",
        icon="contact-round",
        permission="contacts:read",
        owns=(
            "contacts:lead",
            *(f"contacts:lead-{name}" for name in ("new", "edit", "delete", "text", "email", "merge")),
            *("contacts:lead-note-add", "contacts:lead-note", "contacts:lead-note-delete"),
        ),
    ),
    NavItem(
        label="Appointments",
        url_name="scheduling:appointments",
        icon="calendar-days",
        permission="appointments:read",
        owns=(
            *(f"scheduling:{name}" for name in ("day", "week", "new", "one", "move", "cancel")),
            *(f"scheduling:waitlist{name}" for name in ("", "_new", "_entry", "_offer", "_remove")),
        ),
    ),
    NavItem(label="Messages", url_name="telephony:messages", icon="message-square", permission="messages:read"),
    NavItem(
        label="Agents",
        url_name="agents:list",
        icon="headset",
        permission="agents:read",
        owns=(
            *("agents:detail", "agents:preview", "agents:talk", "agents:versions", "agents:version", "agents:line"),
            *("agents:connect_twilio", "agents:disconnect_twilio", "calls:call-me"),
        ),
    ),
    NavItem(
        label="Knowledge",
        url_name="knowledge:documents",
        icon="book-open",
        permission="knowledge:read",
        owns=(
            *(
                f"knowledge:{name}"
                for name in ("document", "edit", "rename", "delete", "upload", "new_text", "new_page")
            ),
            *(f"knowledge:{name}" for name in ("ask", "questions", "answer")),
        ),
    ),
    NavItem(
        label="Services",
        url_name="contacts:services",
        icon="tags",
        permission="services:read",
        owns=("contacts:service", "contacts:sentence"),
    ),
    NavItem(
        label="Telephony",
        url_name="telephony:lines",
        icon="phone-forwarded",
        permission="telephony:read",
        owns=(
            *(f"telephony:line-{name}" for name in ("new", "verify", "choose", "dial", "done", "off", "remove")),
            *(f"agents:{name}" for name in ("numbers", "number", "number_search", "number_purchase", "number_release")),
        ),
    ),
    NavItem(
        label="Integrations",
        url_name="credentials:integrations",
        icon="plug",
        permission="credentials:read",
        owns=("credentials:edit", "credentials:disconnect", "credentials:returned"),
    ),
)

FOOT = (
    NavItem(
        label="Settings",
        url_name="orgs:team",
        icon="settings",
        permission="team:read",
        owns=(
            *("orgs:profile", "orgs:onboarding", "agents:call_settings", "calls:privacy"),
            *("scheduling:hours", "scheduling:close"),
            *("scheduling:practitioners", "scheduling:practitioner", "scheduling:skills", "scheduling:person_hours"),
            *("scheduling:deactivate", "scheduling:booking", "scheduling:service_rules"),
            "contacts:notifications",
            *("scheduling:reminder_settings", "scheduling:reminder_preview", "scheduling:reminder_sample"),
        ),
    ),
)


def links(items: tuple[NavItem, ...], *, view_name: str, allows: Allows) -> Iterator[NavLink]:
    """Yield the items that exist and are permitted, the current one marked."""
    for item in items:
        if item.permission and not allows(item.permission):
            continue
        try:
            href = reverse(item.url_name)
        except NoReverseMatch:
            continue
        yield NavLink(label=item.label, href=href, icon=item.icon, is_current=item.covers(view_name))
