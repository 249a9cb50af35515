"""A connection's life: it comes with its credential and goes with it."""

from credentials.calendars import CALENDARS
from credentials.service import credential_service
from credentials.types import CalendarCredentials, Provider
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from scheduling.models import CalendarConnection, CalendarProvider, ConnectionState
from voxanne.clock import now
from voxanne.live import publish_on_commit


def begin_connection(org: Organization, provider: Provider) -> None:
    """An account was connected, perhaps another one than before: read it from the beginning. Inside org_tx.

    What the account before it blocked stays until the new one has been read once.
    """
    moment = now()
    credentials = credential_service.get(org.pk, provider)
    calendar_id = credentials.calendar_id if isinstance(credentials, CalendarCredentials) else ""
    CalendarConnection.objects.update_or_create(
        provider=provider.value,
        defaults={
            "calendar_id": calendar_id or "primary",
            "connected_at": moment,
            "state": ConnectionState.CONNECTING,
            "error": "",
            "sync_token": "",
            "last_synced_at": None,
            "last_full_sync_at": None,
            "attempts": 0,
            "due_at": moment,
            "claim": None,
            "claimed_until": None,
            "stale_since": None,
            "channel_id": "",
            "channel_resource": "",
            "channel_secret_hash": "",
            "channel_expires_at": None,
            "channel_due_at": moment,
        },
    )
    publish_on_commit(org.pk, "appointment")


def end_connection(org: Organization, provider: Provider) -> None:
    """An account was disconnected: its blocks go, and nobody's event is touched. Inside org_tx."""
    CalendarConnection.objects.filter(provider=provider.value).delete()
    publish_on_commit(org.pk, "appointment")


def backfill_connections() -> int:
    """Begin what has a credential and no connection yet: connected before connections were kept. How many."""
    made = 0
    for org_id, provider in credential_service.list_active():
        if provider not in CALENDARS:
            continue
        with org_scope(org_id), org_tx():
            if not CalendarConnection.objects.filter(provider=provider.value).exists():
                begin_connection(Organization.objects.get(pk=org_id), provider)
                made += 1
    return made


def sample_connection() -> dict[str, str]:
    """Whose calendar a trial of isolation connects: one of each provider is all that an organisation can have."""
    taken = set(CalendarConnection.objects.values_list("provider", flat=True))
    return {"provider": next((one for one in CalendarProvider.values if one not in taken), CalendarProvider.GOOGLE)}
