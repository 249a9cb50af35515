"""Reading a calendar: claimed by one worker, page by page, the token kept only when all pages are applied.

A worker that dies leaves a claim that runs out and a token from before: the next one reads the same pages again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import structlog
from django.db.models import Q

from credentials.errors import CredentialError, ProviderUnreachable
from orgs.models import Organization
from orgs.scope import org_tx
from providers.calendars import ChangesPage, SyncTokenGone, Window
from scheduling.calendars import returns
from scheduling.calendars.access import CalendarClient, calendar_client, mark_attention, note_refused
from scheduling.calendars.mirror import BEYOND, apply_page, drop_unseen, needs_full_reading, wanted_window
from scheduling.models import CalendarConnection, ConnectionState
from voxanne.clock import now
from voxanne.errors import ProviderError, Unauthorized
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit
from voxanne.metrics import counter

log = structlog.get_logger(__name__)

READINGS = counter(
    "calendar_readings",
    "Readings of clinics' calendars, by what came of them.",
    labels=("outcome",),
    from_zero=("changes", "full", "again", "refused"),
)

LEASE = timedelta(minutes=3)
# How often a calendar is read: where nobody tells us of changes, and where somebody does.
POLL = timedelta(minutes=2)
POLL_BESIDE_CHANNEL = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=20)
LAST_RETRY = timedelta(minutes=5)
# What a person has to put right is looked at again this often.
AFTER_REFUSAL = timedelta(minutes=10)


class Reading(StrEnum):
    """What a wake-up came to."""

    NOT_DUE = "not_due"
    CHANGES = "changes"
    FULL = "full"
    AGAIN = "again"
    REFUSED = "refused"
    LOST = "lost"


class ClaimLost(Exception):
    """Another worker reads this calendar by now, or it was disconnected."""


@dataclass(frozen=True)
class Pass:
    """One way through the pages."""

    connection: CalendarConnection
    claim: UUID
    began_at: datetime
    window: Window
    generation: UUID
    is_full: bool


def read_calendar(*, org: Organization, connection_id: UUID) -> Reading:
    """Bring the mirror of one calendar up to date, if that is due. No transaction may be open. Safe to run twice."""
    going = _claim(org, connection_id)
    if going is None:
        return Reading.NOT_DUE
    connection = going.connection
    try:
        outcome = _read_through(org, going, calendar_client(org, connection))
    except ClaimLost:
        return Reading.LOST
    except Unauthorized as refused:
        helps = note_refused(org=org, connection=connection, error=refused)
        outcome = _put_off(going, say_trouble(refused)) if helps else _give_up(going)
    except ProviderUnreachable as away:
        outcome = _put_off(going, away.message)
    except CredentialError as missing:
        mark_attention(org=org, connection=connection, sentence=missing.message)
        outcome = _give_up(going)
    except ProviderError as trouble:
        log.warning("calendars.reading_failed", connection=str(connection_id), error=type(trouble).__name__)
        outcome = _put_off(going, say_trouble(trouble))
    READINGS.labels(outcome.value).inc()
    return outcome


def say_trouble(error: ProviderError) -> str:
    """Why the calendar could not be read, for people."""
    name = {"google": "Google", "microsoft": "Microsoft"}.get(error.provider, error.provider)
    return f"{name} did not answer as it should. We keep trying."


def has_channel(connection: CalendarConnection) -> bool:
    """Whether the provider tells us of changes at the moment."""
    ends_at = connection.channel_expires_at
    return bool(connection.channel_id) and ends_at is not None and ends_at > now()


def _claim(org: Organization, connection_id: UUID) -> Pass | None:
    moment, claim = now(), uuid4()
    free = Q(claimed_until=None) | Q(claimed_until__lte=moment)
    with org_tx():
        due = CalendarConnection.objects.filter(free, pk=connection_id, due_at__lte=moment)
        if not due.update(claim=claim, claimed_until=moment + LEASE):
            return None
        connection = CalendarConnection.objects.get(pk=connection_id)
        wanted = wanted_window(org)
    is_full = needs_full_reading(connection, wanted)
    until = wanted.ends_at + BEYOND if is_full else connection.window_end
    return Pass(
        connection=connection,
        claim=claim,
        began_at=moment,
        window=replace(wanted, ends_at=until or wanted.ends_at),
        generation=uuid4() if is_full else connection.generation or uuid4(),
        is_full=is_full,
    )


def _read_through(org: Organization, going: Pass, client: CalendarClient) -> Reading:
    try:
        return _read_pages(org, going, client)
    except SyncTokenGone:
        log.info("calendars.token_gone", connection=str(going.connection.pk))
    with org_tx():
        wanted = wanted_window(org)
    window = replace(wanted, ends_at=wanted.ends_at + BEYOND)
    return _read_pages(org, replace(going, is_full=True, generation=uuid4(), window=window), client)


def _read_pages(org: Organization, going: Pass, client: CalendarClient) -> Reading:
    token, page = "" if going.is_full else going.connection.sync_token, ""
    while True:
        listed = client.list_changes(sync_token=token, page=page, window=going.window)
        failpoint("calendars.listed")
        _apply(org, going, listed)
        failpoint("calendars.applied")
        if not listed.next_page:
            return Reading.FULL if going.is_full else Reading.CHANGES
        page = listed.next_page


def _apply(org: Organization, going: Pass, listed: ChangesPage) -> None:
    """One page, one transaction; with the last one the token, and what follows from having read all."""
    with org_tx():
        connection = _hold(going)
        applied = apply_page(
            org=org, connection=connection, page=listed, generation=going.generation, window=going.window
        )
        freed = applied.freed
        connection.time_zone = listed.time_zone or connection.time_zone
        connection.claimed_until = now() + LEASE
        if not listed.next_page:
            freed += drop_unseen(connection, going.generation) if going.is_full else 0
            freed += returns.free_ours(connection)
            _finish(connection, going, listed.sync_token)
        connection.save()
        if applied.blocked or freed:
            publish_on_commit(org.pk, "appointment")


def _finish(connection: CalendarConnection, going: Pass, token: str) -> None:
    connection.sync_token, connection.generation = token, going.generation
    connection.last_synced_at = going.began_at
    if going.is_full:
        connection.last_full_sync_at = going.began_at
        connection.window_start, connection.window_end = going.window.starts_at, going.window.ends_at
        # Outlook lists nothing that was deleted: what is missing of ours is found by comparing, at the next check.
        connection.drift_checked_at = None
    connection.state, connection.error, connection.attempts = ConnectionState.SYNCED, "", 0
    connection.due_at = _next_reading(connection, going)
    connection.claim = connection.claimed_until = None


def _next_reading(connection: CalendarConnection, going: Pass) -> datetime:
    """Soon, when we were told of a change while we read; it may have come after its page."""
    if connection.poked_at is not None and connection.poked_at >= going.began_at:
        return now()
    return now() + (POLL_BESIDE_CHANNEL if has_channel(connection) else POLL)


def _put_off(going: Pass, sentence: str) -> Reading:
    """Try again later, each time a little later."""
    with org_tx():
        connection = _hold_if_mine(going)
        if connection is not None:
            delay = min(FIRST_RETRY * 2 ** min(connection.attempts, 10), LAST_RETRY)
            connection.attempts += 1
            connection.due_at, connection.error = now() + delay, sentence
            connection.state = ConnectionState.RETRYING
            connection.claim = connection.claimed_until = None
            connection.save()
    return Reading.AGAIN


def _give_up(going: Pass) -> Reading:
    """A person has to act; somebody who does makes it due at once."""
    with org_tx():
        CalendarConnection.objects.filter(pk=going.connection.pk, claim=going.claim).update(
            due_at=now() + AFTER_REFUSAL, claim=None, claimed_until=None
        )
    return Reading.REFUSED


def _hold(going: Pass) -> CalendarConnection:
    connection = _hold_if_mine(going)
    if connection is None:
        raise ClaimLost
    return connection


def _hold_if_mine(going: Pass) -> CalendarConnection | None:
    """The row as it is now, locked; None when it is another worker's, or gone."""
    rows = CalendarConnection.objects.select_for_update(no_key=True).filter(pk=going.connection.pk, claim=going.claim)
    connection: CalendarConnection | None = rows.first()
    return connection
