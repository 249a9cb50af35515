"""What a clinic's account at Resend brings about when it is saved, and what its card says."""

from django.urls import reverse

from credentials.events import SyncNote
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from orgs.tasks import enqueue_on_commit
from telephony.tasks import ask_for_email_news


def follow_account(org: Organization, provider: Provider) -> None:
    """The account was saved: a worker asks for news of its emails. Inside that transaction."""
    enqueue_on_commit(ask_for_email_news, str(org.pk))


def note_of(org: Organization) -> SyncNote | None:
    """What the card says while Resend tells us nothing. One query."""
    status = credential_service.find_status(org.pk, Provider.RESEND)
    if status is None or not status.is_active or status.metadata.get("webhook"):
        return None
    return SyncNote(
        tone="info",
        words="Resend does not tell us yet whether your emails arrive.",
        retry_url=reverse("telephony:email-events"),
        action="Ask it to",
    )
