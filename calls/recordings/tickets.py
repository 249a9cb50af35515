"""Tickets: signed, for five minutes, for one recording. Whoever has one hears it, without signing in.

A ticket says by which right it was given: to a member of staff, or by a shared link. One by a link is worth nothing
from the moment that the link is revoked or over.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing

VALID_S = 300
_SALT = "calls.recordings.ticket"


@dataclass(frozen=True)
class Ticket:
    """What a ticket lets its holder hear. `share_id` is None for staff."""

    org_id: UUID
    recording_id: UUID
    share_id: UUID | None = None


def issue_ticket(ticket: Ticket) -> str:
    """The ticket as it stands in an address."""
    parts = [ticket.org_id.hex, ticket.recording_id.hex, ticket.share_id.hex if ticket.share_id else ""]
    return signing.TimestampSigner(salt=_SALT).sign(".".join(parts))


def audio_address(ticket: Ticket) -> str:
    """Where whoever is given this ticket hears the sound (`calls.recordings.door`)."""
    return f"{settings.AUDIO_URL}/{issue_ticket(ticket)}"


def find_ticket(text: str) -> Ticket | None:
    """What a ticket says; None when it is none of ours, or older than five minutes."""
    try:
        signed = signing.TimestampSigner(salt=_SALT).unsign(text, max_age=VALID_S)
    except signing.BadSignature:
        return None
    org, recording, share = signed.split(".")
    return Ticket(UUID(org), UUID(recording), UUID(share) if share else None)
