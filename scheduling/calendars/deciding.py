"""What to do about one appointment in one calendar, with both sides known: the later change wins.

Inside the transaction that holds the appointment and its row. The rules stand in
docs/decisions/0017-appointments-in-the-clinics-calendar.md.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog
from django.db.models import F

from orgs.actors import Actor
from orgs.models import Organization
from providers.calendar_events import EventDraft, KeptEvent
from scheduling.calendars.event_text import draft_event
from scheduling.changing import cancel_appointment, follow_calendar
from scheduling.errors import InThePast, SlotHeld, SlotTaken, VisitTooLong
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    CalendarConnection,
    CalendarEvent,
    CalendarProvider,
    EventProblem,
    EventState,
)
from voxanne.clock import now

log = structlog.get_logger(__name__)

STANDING = (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED)
# A caller holds the time for as long as this at most: then it is free, or taken.
WHILE_HELD = timedelta(minutes=2)


class Step(StrEnum):
    """What is to be asked of the calendar."""

    NOTHING = "nothing"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"


@dataclass(frozen=True)
class Decision:
    """What is to be asked of the calendar, for which version of the event there."""

    step: Step
    draft: EventDraft | None = None
    event_id: str = ""
    etag: str = ""


@dataclass(frozen=True)
class Case:
    """One appointment in one calendar. `appointment` and `row` are locked, and changed here."""

    org: Organization
    connection: CalendarConnection
    appointment: Appointment
    row: CalendarEvent

    @property
    def is_wanted(self) -> bool:
        """Whether the appointment belongs in this calendar. What took place stays where it is."""
        whose = self.connection.practitioner_id
        return self.appointment.status in STANDING and whose in {None, self.appointment.practitioner_id}

    @property
    def is_over(self) -> bool:
        return self.appointment.status in {AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW}

    @property
    def has_unsent_change(self) -> bool:
        return self.row.wanted_version > self.row.confirmed_version

    @property
    def label(self) -> str:
        return CalendarProvider(self.connection.provider).label


def decide_unseen(case: Case) -> Decision:
    """What to do when nobody is known to have touched the event since we last agreed on it."""
    row = case.row
    if case.is_over or (not case.is_wanted and row.base_starts_at is None):
        return _settle(case)
    if not case.is_wanted:
        return Decision(Step.DELETE, event_id=row.event_id)
    if row.base_starts_at is None:
        return _create(case)
    if case.has_unsent_change:
        return Decision(Step.CHANGE, _draft(case), row.event_id, row.etag)
    return _settle(case)


def decide_seen(case: Case, event: KeptEvent | None) -> Decision:
    """What to do about an event as it was just read; None when the calendar knows of none."""
    if event is None or event.is_deleted:
        return _decide_absent(case, event)
    row = case.row
    row.event_id = event.event_id
    if case.is_over:
        return _settle(case)
    if not case.is_wanted:
        return Decision(Step.DELETE, event_id=event.event_id)
    if _is_untouched(row, event):
        row.etag, row.base_starts_at, row.base_ends_at = event.etag, event.starts_at, event.ends_at
    elif not _is_ours_newer(case, event):
        return _take_over(case, event)
    if _is_as_wanted(case, event) and not case.has_unsent_change:
        return _settle(case)
    return Decision(Step.CHANGE, _draft(case), event.event_id, event.etag)


def _is_untouched(row: CalendarEvent, event: KeptEvent) -> bool:
    """Whether the event's times are ours: those agreed on, or those of a write whose answer was lost.

    Of an event that we know nothing about, ours count: the account was connected anew.
    """
    if row.base_starts_at is None and not row.is_unanswered:
        return True
    is_agreed = (event.starts_at, event.ends_at) == (row.base_starts_at, row.base_ends_at)
    return is_agreed or (row.is_unanswered and event.is_as_written)


def _is_ours_newer(case: Case, event: KeptEvent) -> bool:
    """Whether we changed it after somebody there did, and the calendar does not have that yet."""
    return case.has_unsent_change and (event.updated_at is None or case.row.wanted_at > event.updated_at)


def _is_as_wanted(case: Case, event: KeptEvent) -> bool:
    draft = _draft(case)
    return (event.starts_at, event.ends_at) == (draft.starts_at, draft.ends_at)


def _decide_absent(case: Case, event: KeptEvent | None) -> Decision:
    row, appointment = case.row, case.appointment
    if case.is_over or not case.is_wanted:
        return _settle(case, is_there=False)
    was_deleted = event is not None and row.base_starts_at is not None and not _is_ours_newer(case, event)
    if was_deleted and appointment.starts_at <= now():
        return _settle(case, is_there=False, state=EventState.LET_GO)
    if was_deleted:
        reason = f"Deleted in {case.label}"
        cancelled = cancel_appointment(
            org=case.org, appointment_id=appointment.pk, actor=Actor.system(case.org.pk), reason=reason
        )
        appointment.status = cancelled.status
        row.refresh_from_db(fields=["wanted_version"])
        return _settle(case, is_there=False)
    if event is not None and event.etag:
        return Decision(Step.CHANGE, _draft(case), event.event_id, event.etag)
    if event is not None:
        row.generation += 1
    return _create(case)


def _take_over(case: Case, event: KeptEvent) -> Decision:
    """Somebody moved the event: the appointment follows, or is flagged."""
    if case.appointment.starts_at <= now() and (event.starts_at is None or event.starts_at <= now()):
        return _settle(case, state=EventState.LET_GO)
    problem = _follow(case, event)
    if problem is None:
        case.row.refresh_from_db(fields=["wanted_version", "wanted_at"])
        case.row.etag, case.row.base_starts_at, case.row.base_ends_at = event.etag, event.starts_at, event.ends_at
        # It is written once more, so that the event's own note of its times is true again.
        return Decision(Step.CHANGE, _draft(case), event.event_id, event.etag)
    if problem == _HELD:
        case.row.due_at = now() + WHILE_HELD
        case.row.must_look = True
        return Decision(Step.NOTHING)
    return _flag(case, event, EventProblem(problem))


_HELD = "held"


def _follow(case: Case, event: KeptEvent) -> str | None:
    """Move the appointment to where its event is; why that is impossible, or None."""
    if event.starts_at is None or event.ends_at is None:
        return EventProblem.WHOLE_DAY
    try:
        moved = follow_calendar(
            org=case.org, appointment_id=case.appointment.pk, starts_at=event.starts_at, ends_at=event.ends_at,
            source=case.connection.provider,
        )  # fmt: skip
    except InThePast:
        return EventProblem.PAST
    except VisitTooLong:
        return EventProblem.TOO_LONG
    except SlotHeld:
        return _HELD
    except SlotTaken:
        return EventProblem.TAKEN
    case.appointment.starts_at, case.appointment.ends_at = moved.starts_at, moved.ends_at
    return None


def _flag(case: Case, event: KeptEvent, problem: EventProblem) -> Decision:
    row = case.row
    log.info("calendars.cannot_follow", row=str(row.pk), problem=problem.value)
    _settle(case, state=EventState.DIFFERS)
    row.etag, row.problem = event.etag, problem
    row.outside_starts_at, row.outside_ends_at = event.starts_at, event.ends_at
    return Decision(Step.NOTHING)


def _create(case: Case) -> Decision:
    return Decision(Step.CREATE, _draft(case))


def _draft(case: Case) -> EventDraft:
    return draft_event(case.org, case.appointment, case.row)


def _settle(case: Case, *, is_there: bool = True, state: EventState = EventState.SYNCED) -> Decision:
    """Nothing is left to do until something changes."""
    row = case.row
    row.confirmed_version, row.state, row.due_at = row.wanted_version, state, None
    row.must_look = row.is_unanswered = False
    row.attempts, row.error, row.problem = 0, "", ""
    row.outside_starts_at = row.outside_ends_at = None
    if not is_there:
        row.base_starts_at = row.base_ends_at = None
        row.etag = ""
        row.generation = F("generation") + 1
        row.event_id = ""
    return Decision(Step.NOTHING)
