"""The way to a connected calendar: a client with a token that works, and what its refusals come to."""

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from credentials import alerts, calendar_tokens
from credentials.errors import CredentialError, NeedsReconnect
from credentials.types import Provider
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.calendars import ChangesPage, WatchedChannel, Window
from providers.google.calendar import GoogleCalendar
from providers.microsoft.calendar import OutlookCalendar
from scheduling.models import CalendarConnection, CalendarProvider, ConnectionState
from voxanne.errors import Owner, Unauthorized

log = structlog.get_logger(__name__)

_NOT_ALLOWED = "{label} no longer lets us read and write this calendar. Connect it again and leave all boxes ticked."


class CalendarClient(Protocol):
    """One calendar at its provider. Each call is one request, with no transaction open; each raises `ProviderError`."""

    def list_changes(self, *, sync_token: str, page: str, window: Window) -> ChangesPage:
        """What changed since `sync_token`, or all of the window without one.

        Raises:
            SyncTokenGone: read everything again.
        """

    def watch(self, *, channel_id: str, secret: str, address: str, expires_at: datetime) -> WatchedChannel:
        """Be told of changes at `address`.

        Raises:
            WatchRefused: the provider does not accept or reach the address.
        """

    def stop(self, *, channel_id: str, resource: str) -> None:
        """Be told no more."""


def calendar_client(org: Organization, connection: CalendarConnection) -> CalendarClient:
    """A client with a token for at least some minutes. No transaction may be open.

    Raises:
        NotConnected, CredentialDisabled, CredentialUnreadable, NeedsReconnect: nothing can be done until a person acts.
        ProviderUnreachable: try again later.
    """
    token = calendar_tokens.get_access_token(org.pk, Provider(connection.provider)).reveal()
    return _open(connection, token, org.zone)


def note_refused(*, org: Organization, connection: CalendarConnection, error: Unauthorized) -> bool:
    """What a refused token means: True when a new one may help, False when a person has to connect again.

    The clinic's admins are told once. No transaction may be open.
    """
    provider = Provider(connection.provider)
    if error.owner is not Owner.CLINIC:
        return True
    try:
        calendar_tokens.refresh_now(org.pk, provider)
    except NeedsReconnect as needed:
        mark_attention(org=org, connection=connection, sentence=needed.message)
        return False
    except CredentialError:
        return True
    if error.status == _UNKNOWN_TOKEN:
        return True
    sentence = _NOT_ALLOWED.format(label=provider.label)
    alerts.note_failure(org_id=org.pk, provider=provider, error=sentence)
    mark_attention(org=org, connection=connection, sentence=sentence)
    return False


def mark_attention(*, org: Organization, connection: CalendarConnection, sentence: str) -> None:
    """A person has to do something about a connection. In a transaction of its own."""
    with org_scope(org), org_tx():
        CalendarConnection.objects.filter(pk=connection.pk).update(
            state=ConnectionState.ATTENTION, error=sentence[:300]
        )
    log.warning("calendars.needs_attention", provider=connection.provider, connection=str(connection.pk))


_UNKNOWN_TOKEN = 401


def _open(connection: CalendarConnection, token: str, zone: ZoneInfo) -> CalendarClient:
    kind = GoogleCalendar if connection.provider == CalendarProvider.GOOGLE else OutlookCalendar
    return kind(token, calendar_id=connection.calendar_id, zone=zone)
