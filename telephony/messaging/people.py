"""What the room that knows people does for messages. It registers itself: contacts live in a higher room."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from orgs.models import Organization


class People(Protocol):
    """All of it runs inside the open transaction of the organisation."""

    def find_or_make(self, org: Organization, number: str, name: str) -> UUID | None:
        """The contact with that number (E.164), made when there was none; None when it cannot be one."""

    def follow_opt_out(self, org: Organization, number: str, since: datetime | None) -> None:
        """The number wants no texts since then, or wants them again (None)."""

    def has_opted_out(self, org: Organization, contact_id: UUID | None, number: str) -> bool:
        """Whether the team noted that this person wants no messages, by contact or by number."""


class _Nobody:
    def find_or_make(self, org: Organization, number: str, name: str) -> UUID | None:
        return None

    def follow_opt_out(self, org: Organization, number: str, since: datetime | None) -> None:
        return None

    def has_opted_out(self, org: Organization, contact_id: UUID | None, number: str) -> bool:
        return False


_people: list[People] = [_Nobody()]


def register_people(people: People) -> None:
    """Let this room be asked. Registering again replaces it."""
    _people[:] = [people]


def people() -> People:
    """Who was registered."""
    return _people[0]
