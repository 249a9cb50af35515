"""Looking after every connection every few minutes: what is known of it, and telling the admins once per incident.

An incident begins when a calendar goes stale and ends when it is read again. The mail goes out before it is noted: who
dies in between is followed by another, and the mail provider knows the mail again by its key.
"""

import hashlib
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.urls import reverse

from credentials import alerts
from credentials.errors import CredentialError
from credentials.service import credential_service
from credentials.types import CalendarCredentials, Provider
from orgs import audit
from orgs.accounts import deliver
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx, service_tx
from orgs.selectors import list_admin_addresses
from providers.google.client import NEEDED_SCOPES as GOOGLE_SCOPES
from providers.microsoft.client import NEEDED_SCOPES as MICROSOFT_SCOPES
from scheduling.calendars.access import mark_attention
from scheduling.calendars.channels import is_reachable
from scheduling.calendars.health import Facts, count_drift, judge
from scheduling.calendars.types import ConnectionHealth, Trouble
from scheduling.models import CalendarConnection, CalendarProvider
from voxanne.clock import now
from voxanne.errors import ProviderError
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit
from voxanne.mail import KeyedMessage

log = structlog.get_logger(__name__)

# Counting events of ours asks the provider for all of them, so it is done now and then.
DRIFT_EVERY = timedelta(minutes=30)
_NEEDED = {CalendarProvider.GOOGLE: GOOGLE_SCOPES, CalendarProvider.OUTLOOK: MICROSOFT_SCOPES}
_TEXT = """\
{sentence}

Callers can still ask for a time at {clinic}: it is kept for them, and your team confirms it.

See what is wrong with the calendar:

{link}

You get this once each time. It ends by itself when the calendar answers again.
"""


def list_connections() -> list[tuple[UUID, UUID]]:
    """Every organisation's connections, as (organisation, connection)."""
    with service_tx("list calendars to check"):
        return list(CalendarConnection.across_orgs.order_by("org_id").values_list("org_id", "pk"))


def check_connection(*, org: Organization, connection_id: UUID) -> ConnectionHealth | None:
    """Note how well one calendar is followed, and tell its admins what is new. Outside any transaction.

    None when it was disconnected.
    """
    with org_tx():
        connection = CalendarConnection.objects.filter(pk=connection_id).first()
    if connection is None:
        return None
    _check_scopes(org, connection)
    drift = _count(org, connection)
    moment = now()
    with org_tx():
        row = CalendarConnection.objects.select_for_update(no_key=True).filter(pk=connection_id).first()
        if row is None:
            return None
        row.drift = row.drift if drift is None else drift
        row.drift_checked_at = row.drift_checked_at if drift is None else moment
        health = judge(Facts.of(row, at=moment, wants_channel=is_reachable()), at=moment, zone=org.zone)
        _note_incident(org, row, health)
        row.checked_at = moment
        row.save(
            update_fields=["drift", "drift_checked_at", "checked_at", "stale_since", "stale_told_at", "updated_at"]
        )
    if health.is_stale and row.stale_told_at is None:
        _tell(org, row, health)
    return health


def _note_incident(org: Organization, row: CalendarConnection, health: ConnectionHealth) -> None:
    """An incident begins, or ends. Inside org_tx."""
    if health.is_stale == (row.stale_since is not None):
        return
    row.stale_since, row.stale_told_at = (now() if health.is_stale else None), None
    action = "calendar.went_stale" if health.is_stale else "calendar.followed_again"
    audit.record(Actor.system(org.pk), action, row, provider=row.provider)
    publish_on_commit(org.pk, "appointment")
    log.warning("calendars.incident", provider=row.provider, connection=str(row.pk), stale=health.is_stale)


def _tell(org: Organization, row: CalendarConnection, health: ConnectionHealth) -> None:
    """Mail the admins of a new incident, unless the credential's own alert tells them of the same."""
    with org_tx():
        addresses = [] if Trouble.ACCESS in health.troubles else list_admin_addresses()
    taken = [deliver(_write(org, row, health, address), what="calendar_stale") for address in addresses]
    if not all(taken):
        return
    failpoint("calendars.told")
    with org_tx():
        CalendarConnection.objects.filter(pk=row.pk, stale_since=row.stale_since).update(stale_told_at=now())


def _write(org: Organization, row: CalendarConnection, health: ConnectionHealth, address: str) -> KeyedMessage:
    """One person's mail: nobody learns the others' addresses."""
    incident = f"calendar_stale\n{row.pk}\n{row.stale_since:%Y-%m-%dT%H:%M:%S.%f}\n{address}"
    return KeyedMessage(
        subject=f"{health.label} does not answer",
        body=_TEXT.format(
            sentence=health.sentence,
            clinic=org.name,
            link=settings.BACKEND_URL + reverse("scheduling:calendar_settings"),
        ),
        to=[address],
        idempotency_key=hashlib.sha256(incident.encode()).hexdigest(),
    )


def _check_scopes(org: Organization, connection: CalendarConnection) -> None:
    """A grant that lost a box it needs: a person has to connect again."""
    provider = Provider(connection.provider)
    try:
        credentials = credential_service.get(org.pk, provider)
    except CredentialError:
        return
    if not isinstance(credentials, CalendarCredentials):
        return
    needed = _NEEDED[CalendarProvider(connection.provider)]
    if {scope.casefold() for scope in needed} <= {scope.casefold() for scope in credentials.scopes}:
        return
    sentence = f"{provider.label} does not let us read and write this calendar. Connect it again, all boxes ticked."
    alerts.note_failure(org_id=org.pk, provider=provider, error=sentence)
    mark_attention(org=org, connection=connection, sentence=sentence)


def _count(org: Organization, connection: CalendarConnection) -> int | None:
    """How many events of ours differ; None when it is too soon to ask, or the provider does not answer."""
    asked_at = connection.drift_checked_at
    if asked_at is not None and asked_at > now() - DRIFT_EVERY:
        return None
    try:
        return count_drift(org, connection)
    except (CredentialError, ProviderError) as trouble:
        log.info("calendars.drift_unknown", connection=str(connection.pk), error=type(trouble).__name__)
        return None
