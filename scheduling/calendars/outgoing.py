"""Bringing appointments and a calendar in step, one row after the other, each safe to do twice or to die in.

Claim, read where something may have happened there, decide with both sides locked, ask the calendar, record. A write
names the version that it is for, so what somebody did meanwhile is never overwritten unseen.
"""

import time
from enum import StrEnum
from uuid import UUID

import structlog

from credentials.errors import CredentialError, ProviderUnreachable
from orgs.models import Organization
from orgs.scope import org_tx
from providers.calendar_events import EventChanged, EventExists, EventWriter, KeptEvent
from scheduling.calendars.access import note_refused
from scheduling.calendars.deciding import Decision, Step, decide_seen, decide_unseen
from scheduling.calendars.event_rows import (
    Failure,
    HeldEvent,
    decide_held,
    look_again,
    pause_all,
    put_off,
    record_failed,
    record_written,
    retry_delay_s,
    take_event,
)
from scheduling.calendars.writers import calendar_writer
from scheduling.models import CalendarConnection, CalendarEvent, CalendarProvider
from voxanne.errors import NotFoundAtProvider, ProviderError, RateLimited, Rejected, Timeout, Unauthorized
from voxanne.failpoints import failpoint
from voxanne.metrics import counter

log = structlog.get_logger(__name__)

WRITES = counter(
    "calendar_writes",
    "Appointments brought in step with clinics' calendars, by what came of it.",
    labels=("outcome",),
    from_zero=("written", "settled", "again", "refused", "away"),
)
# How long one wake-up goes on; then it wakes the next.
BUDGET_S = 40.0


class Outcome(StrEnum):
    """What became of one row."""

    WRITTEN = "written"
    SETTLED = "settled"
    AGAIN = "again"
    REFUSED = "refused"
    AWAY = "away"
    PAUSED = "paused"
    LOST = "lost"


STOPPING = (Outcome.AWAY, Outcome.PAUSED)


def write_due(*, org: Organization, connection_id: UUID, budget_s: float = BUDGET_S) -> bool:
    """Bring what is due in a calendar in step; whether something due is left because time ran out.

    Call it with no transaction open. Never raises for what a provider does: it stands in the rows.
    """
    began = time.monotonic()
    with org_tx():
        connection = CalendarConnection.objects.filter(pk=connection_id).first()
        if connection is None or not CalendarEvent.objects.filter(connection=connection, due_at__isnull=False).exists():
            return False
    writer = _open(org, connection)
    while writer is not None:
        if time.monotonic() - began > budget_s:
            return True
        held = take_event(connection.pk)
        if held is None:
            return False
        failpoint("calendar.claimed")
        outcome = _bring(org, connection, held, writer)
        WRITES.labels(outcome.value).inc()
        if outcome in STOPPING:
            return False
    return False


def _open(org: Organization, connection: CalendarConnection) -> EventWriter | None:
    try:
        return calendar_writer(org, connection)
    except ProviderUnreachable:
        with org_tx():
            put_off(connection_id=connection.pk, seconds=retry_delay_s(2))
    except CredentialError as missing:
        pause_all(org=org, connection=connection, sentence=missing.message)
    return None


def _bring(org: Organization, connection: CalendarConnection, held: HeldEvent, writer: EventWriter) -> Outcome:
    decision: Decision | None = None
    try:
        decision = _decide(org, connection, held, writer)
        if decision is None:
            return Outcome.LOST
        if decision.step is Step.NOTHING:
            return Outcome.SETTLED
        failpoint("calendar.decided")
        event = _ask(writer, decision)
    except (EventChanged, EventExists):
        look_again(org=org, connection=connection, held=held)
        return Outcome.AGAIN
    except ProviderError as error:
        return _fail(org, connection, held, error, was_writing=decision is not None)
    failpoint("calendar.written")
    record_written(org=org, connection=connection, held=held, decision=decision, event=event)
    return Outcome.WRITTEN


def _decide(org: Organization, connection: CalendarConnection, held: HeldEvent, writer: EventWriter) -> Decision | None:
    if not held.needs_look:
        return decide_held(org=org, connection=connection, held=held, decide=decide_unseen)
    event = writer.find_event(appointment_id=held.row.appointment_id, event_id=held.row.event_id)
    return decide_held(org=org, connection=connection, held=held, decide=lambda case: decide_seen(case, event))


def _ask(writer: EventWriter, decision: Decision) -> KeptEvent | None:
    if decision.step is Step.DELETE:
        writer.delete_event(decision.event_id)
        return None
    if decision.draft is None:
        raise AssertionError(f"{decision.step} without a draft")
    if decision.step is Step.CREATE:
        return writer.create_event(decision.draft)
    return writer.change_event(decision.event_id, decision.draft, etag=decision.etag)


def _fail(
    org: Organization, connection: CalendarConnection, held: HeldEvent, error: ProviderError, *, was_writing: bool
) -> Outcome:
    log.warning("calendars.not_written", row=str(held.row.pk), error=str(error))
    refused = isinstance(error, Rejected | Unauthorized | RateLimited)
    failure = Failure(
        sentence=_say(connection, error), is_final=isinstance(error, Rejected), refused_write=was_writing and refused
    )
    record_failed(org=org, connection=connection, held=held, failure=failure)
    if isinstance(error, Unauthorized) and not note_refused(org=org, connection=connection, error=error):
        pause_all(org=org, connection=connection, sentence=failure.sentence)
        return Outcome.PAUSED
    if isinstance(error, Rejected):
        return Outcome.REFUSED
    with org_tx():
        put_off(connection_id=connection.pk, seconds=retry_delay_s(held.row.attempts))
    return Outcome.AWAY


def _say(connection: CalendarConnection, error: ProviderError) -> str:
    label = CalendarProvider(connection.provider).label
    if isinstance(error, Unauthorized):
        return f"{label} no longer accepts our access. Connect it again in Settings."
    if isinstance(error, NotFoundAtProvider):
        return f"{label} no longer has the calendar that was connected. Connect it again in Settings."
    if isinstance(error, Timeout):
        return f"{label} did not answer in time. We keep trying."
    if isinstance(error, RateLimited):
        return f"{label} asked us to slow down. We keep trying."
    if isinstance(error, Rejected):
        return f"{label} did not accept the event. We keep trying; tell us if it stays like this."
    return f"{label} could not be reached. We keep trying."
