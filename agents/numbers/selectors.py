"""How far Vapi follows numbers, for pages."""

from django.urls import reverse

from credentials.events import SyncNote
from orgs.models import Organization
from telephony.models import NumberSource, NumberState, PhoneNumberMapping


def find_organisations_note(org: Organization) -> SyncNote | None:
    """What stands beneath the organisation's Twilio account in Integrations. One query, in the open transaction."""
    row = (
        PhoneNumberMapping.objects.for_org(org.pk)
        .filter(source=NumberSource.ORGANIZATION)
        .order_by("-is_wanted", "pk")
        .first()
    )
    if row is None or not row.is_wanted:
        return None
    match row.sync_state:
        case NumberState.CONNECTED:
            return SyncNote(tone="success", words="Connected to your receptionist.")
        case NumberState.NEEDS_ATTENTION:
            return SyncNote(
                tone="warning", words=f"Needs attention: {row.sync_error}", retry_url=reverse("agents:retry_numbers")
            )
    return SyncNote(tone="info", words="Syncing…")


def find_number(phone_number: str) -> PhoneNumberMapping | None:
    """How far Vapi follows one of the organisation's numbers. One query, in the open transaction."""
    found: PhoneNumberMapping | None = PhoneNumberMapping.objects.filter(
        phone_number=phone_number, is_wanted=True
    ).first()
    return found
