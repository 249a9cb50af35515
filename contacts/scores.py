"""Keeping leads' scores: the newest one, and writing down a new one where it changed."""

from dataclasses import asdict
from uuid import UUID

from contacts.models import HOT_SCORE, Contact, LeadScore
from contacts.scoring import Scored
from voxanne.clock import now


def latest_score(contact_id: UUID) -> LeadScore | None:
    """The score that holds, with its reasons; None for a lead that was never scored. One query, inside org_tx."""
    found: LeadScore | None = LeadScore.objects.filter(contact_id=contact_id).order_by("-computed_at", "-id").first()
    return found


def rescore_soon(contact_id: UUID) -> None:
    """Have a lead scored anew within minutes: somebody changed what its score is made of. Inside org_tx."""
    Contact.objects.filter(pk=contact_id).update(rescore_at=now())


def record_score(*, contact: Contact, scored: Scored, call_id: UUID | None) -> bool:
    """Note a score of a locked contact, where it or its reasons changed. Inside org_tx.

    The contact's own columns are set; whoever holds it stores them.

    Args:
        call_id: the call after which it was computed; None when time or the team changed it.

    Returns:
        Whether a call has brought the score to `HOT_SCORE` for the first time ever, of which the team is to be told.
        What the team did itself is no news to it.
    """
    reasons = [asdict(reason) for reason in scored.reasons]
    newest = latest_score(contact.pk)
    if newest is None or (newest.score, newest.reasons) != (scored.score, reasons):
        LeadScore.objects.create(contact=contact, call_id=call_id, score=scored.score, reasons=reasons)
    first_time_hot = call_id is not None and scored.score >= HOT_SCORE and contact.hot_at is None
    contact.lead_score, contact.rescore_at = scored.score, scored.changes_at
    contact.hot_at = now() if first_time_hot else contact.hot_at
    return first_time_hot
