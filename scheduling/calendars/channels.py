"""Channels: where a provider tells us that a calendar changed. What changed is then read as always.

Each channel has an id and a secret of its own. The secret carries whose it is, so that a notice finds its row without
looking through other clinics'; of it only a hash is kept. A new channel is open before the old one is closed.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.urls import reverse

from credentials.errors import CredentialError
from credentials.types import Secret
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.calendars import WatchedChannel, WatchRefused
from scheduling.calendars.access import CalendarClient, calendar_client
from scheduling.models import CalendarConnection, CalendarProvider
from voxanne.clock import now
from voxanne.errors import ProviderError
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

# Both providers allow a week.
LASTS = timedelta(days=6)
RENEW_BEFORE = timedelta(hours=24)
# When the provider refuses our address, or cannot be asked.
ASK_AGAIN = timedelta(hours=6)
TRY_AGAIN = timedelta(minutes=5)
_SECRET_BYTES = 24


@dataclass(frozen=True)
class Claimed:
    """Whose channel a secret says it is; `secret` is all of it."""

    org_id: UUID
    connection_id: UUID
    secret: str


def is_reachable() -> bool:
    """Whether a provider could reach this deployment at all. The sandbox reaches every local one."""
    return bool(settings.BACKEND_URL.startswith("https://") or settings.SANDBOX)


def open_channel(*, org: Organization, connection_id: UUID) -> bool:
    """Open a connection's channel, or the next one, if that is due. No transaction may be open. Safe to run twice.

    Two at once open two channels, of which the one that is written down last counts; the other is closed or runs out.
    """
    connection = _take_turn(connection_id)
    if connection is None or not is_reachable():
        return False
    secret = new_secret(org.pk, connection_id)
    try:
        client = calendar_client(org, connection)
        opened = client.watch(
            channel_id=str(uuid4()), secret=secret, address=address_of(connection), expires_at=now() + LASTS
        )
    except WatchRefused as refused:
        log.warning("calendars.watch_refused", connection=str(connection_id), code=refused.code)
        _ask_again(connection_id, now() + ASK_AGAIN)
        return False
    except (CredentialError, ProviderError) as trouble:
        log.warning("calendars.watch_failed", connection=str(connection_id), error=type(trouble).__name__)
        return False
    failpoint("calendars.watched")
    if not _keep(connection_id, opened, secret):
        _close(client, opened.channel_id, opened.resource)
        return False
    if connection.channel_id:
        _close(client, connection.channel_id, connection.channel_resource)
    return True


def accept_notice(*, secret: str, channel_id: str, has_changed: bool = True) -> tuple[UUID, UUID] | None:
    """Note that a calendar changed, if the notice is from a channel of ours: the organisation and the connection.

    None for a channel that nobody knows, or a wrong secret: nothing happens, and it takes as long.
    """
    claimed = read_secret(secret)
    if claimed is None:
        return None
    moment = now()
    with org_scope(claimed.org_id), org_tx():
        row = CalendarConnection.objects.filter(pk=claimed.connection_id).first()
        known_hash = Secret(row.channel_secret_hash if row else "")
        if row is None or not known_hash.matches(hash_of(secret)) or not Secret(row.channel_id).matches(channel_id):
            return None
        if has_changed:
            CalendarConnection.objects.filter(pk=row.pk).update(poked_at=moment, due_at=moment)
    return claimed.org_id, claimed.connection_id


def new_secret(org_id: UUID, connection_id: UUID) -> str:
    """At most 128 characters, as Graph wants it; in letters that both providers take."""
    return f"{org_id.hex}.{connection_id.hex}.{secrets.token_urlsafe(_SECRET_BYTES)}"


def read_secret(secret: str) -> Claimed | None:
    """Whose channel this says it is, before anything is believed."""
    org, _, rest = secret.partition(".")
    connection, _, random = rest.partition(".")
    try:
        return Claimed(UUID(org), UUID(connection), secret) if random else None
    except ValueError:
        return None


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def address_of(connection: CalendarConnection) -> str:
    """Where the provider of a connection tells of changes."""
    name = "google" if connection.provider == CalendarProvider.GOOGLE else "outlook"
    return str(settings.BACKEND_URL) + reverse(f"scheduling:calendar-notices-{name}")


def _take_turn(connection_id: UUID) -> CalendarConnection | None:
    """The connection, if a channel is due; whoever dies over it is followed a little later."""
    moment = now()
    with org_tx():
        due = CalendarConnection.objects.filter(pk=connection_id, channel_due_at__lte=moment)
        if not due.update(channel_due_at=moment + (TRY_AGAIN if is_reachable() else ASK_AGAIN)):
            return None
        return CalendarConnection.objects.filter(pk=connection_id).first()


def _ask_again(connection_id: UUID, moment: datetime) -> None:
    with org_tx():
        CalendarConnection.objects.filter(pk=connection_id).update(channel_due_at=moment)


def _keep(connection_id: UUID, opened: WatchedChannel, secret: str) -> bool:
    """Write a channel down; False when the calendar was disconnected meanwhile. What changed since is read at once."""
    with org_tx():
        return bool(
            CalendarConnection.objects.filter(pk=connection_id).update(
                channel_id=opened.channel_id,
                channel_resource=opened.resource,
                channel_secret_hash=hash_of(secret),
                channel_expires_at=opened.expires_at,
                channel_due_at=max(opened.expires_at - RENEW_BEFORE, now() + TRY_AGAIN),
                due_at=now(),
            )
        )


def _close(client: CalendarClient, channel_id: str, resource: str) -> None:
    try:
        client.stop(channel_id=channel_id, resource=resource)
    except ProviderError as trouble:
        log.info("calendars.stop_failed", error=type(trouble).__name__)
