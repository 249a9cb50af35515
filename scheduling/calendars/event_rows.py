"""Rows of events on their way: taken by one worker, and what came of it written down.

Every function here is one short transaction; none is open while a calendar is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db.models import F, Q

from orgs.models import Organization
from orgs.scope import org_tx
from providers.calendar_events import KeptEvent
from scheduling.calendars.deciding import Case, Decision, Step
from scheduling.calendars.standing import summarise
from scheduling.calendars.wanting import due_rows
from scheduling.models import Appointment, CalendarBusyBlock, CalendarConnection, CalendarEvent, EventState
from voxanne.clock import now
from voxanne.live import publish_on_commit

LEASE_S = 60
FIRST_RETRY_S = 15
LAST_RETRY_S = 30 * 60
# So many failures in a row are shown to people; until then it is on its way.
QUIET_TRIES = 3
_KEPT = (
    "event_id", "etag", "generation", "confirmed_version", "base_starts_at", "base_ends_at", "is_unanswered",
    "must_look", "state", "problem", "outside_starts_at", "outside_ends_at", "error", "attempts", "due_at",
    "updated_at",
)  # fmt: skip


@dataclass(frozen=True)
class HeldEvent:
    """A row that this worker alone works on, for a while, and as it was when it was taken."""

    row: CalendarEvent
    token: UUID

    @property
    def needs_look(self) -> bool:
        """Whether the calendar may hold something that we do not know of."""
        return self.row.must_look or self.row.is_unanswered


@dataclass(frozen=True)
class Failure:
    """What went wrong with a calendar.

    Attributes:
        sentence: for people.
        is_final: asking again gives the same answer, so people are told at once.
        refused_write: the provider said no to a write, so that nothing was written.
    """

    sentence: str
    is_final: bool = False
    refused_write: bool = False


def take_event(connection_id: UUID) -> HeldEvent | None:
    """Take the next due row of a calendar; None when there is none.

    The attempt is counted and the sweeper's next look set before any work is done.
    """
    moment, token = now(), uuid4()
    with org_tx():
        row = due_rows(connection_id).select_for_update(skip_locked=True).first()
        if row is None:
            return None
        row.claim, row.claimed_until = token, moment + timedelta(seconds=LEASE_S)
        row.attempts += 1
        row.due_at = moment + timedelta(seconds=retry_delay_s(row.attempts))
        row.save(update_fields=["claim", "claimed_until", "attempts", "due_at", "updated_at"])
    return HeldEvent(row, token)


def decide_held(
    *, org: Organization, connection: CalendarConnection, held: HeldEvent, decide: Callable[[Case], Decision]
) -> Decision | None:
    """Lock both sides and decide; None when another worker has the row by now, or it is gone.

    When the calendar is to be asked, that is written down before: a worker may die before the answer is.
    """
    with org_tx():
        case = _lock_case(org, connection, held)
        if case is None:
            return None
        decision = decide(case)
        row = case.row
        if decision.step is Step.NOTHING:
            row.claim = row.claimed_until = None
            row.save(update_fields=[*_KEPT, "claim", "claimed_until"])
        else:
            row.is_unanswered = True
            row.save(update_fields=[*_KEPT])
        held.row.wanted_version = row.wanted_version
        summarise(org, [row.appointment_id])
        publish_on_commit(org.pk, "appointment", id=row.appointment_id)
    return decision


def record_written(
    *, org: Organization, connection: CalendarConnection, held: HeldEvent, decision: Decision, event: KeptEvent | None
) -> bool:
    """The calendar did what was asked; whether nothing has changed on our side meanwhile.

    What was counted as an outside event until its id was known blocks no more.
    """
    with org_tx():
        case = _lock_case(org, connection, held)
        if case is None:
            return False
        row, draft = case.row, decision.draft
        if event is None:
            row.event_id = row.etag = ""
            row.generation = F("generation") + 1
        else:
            row.event_id, row.etag = event.event_id, event.etag
            CalendarBusyBlock.objects.filter(connection=connection, event_id=event.event_id).delete()
        row.base_starts_at, row.base_ends_at = (draft.starts_at, draft.ends_at) if draft else (None, None)
        row.confirmed_version = held.row.wanted_version
        row.must_look = row.is_unanswered = False
        is_done = row.wanted_version == row.confirmed_version
        row.attempts, row.error = 0, ""
        row.state = EventState.SYNCED if is_done else EventState.PENDING
        row.due_at = None if is_done else now()
        _give_back(org, row)
    return is_done


def look_again(*, org: Organization, connection: CalendarConnection, held: HeldEvent) -> None:
    """The event is not as we thought: read it before anything else, at once."""
    with org_tx():
        case = _lock_case(org, connection, held)
        if case is not None:
            case.row.must_look, case.row.due_at = True, now()
            _give_back(org, case.row)


def record_failed(*, org: Organization, connection: CalendarConnection, held: HeldEvent, failure: "Failure") -> None:
    """It did not work; the sweeper tries again when the row says."""
    with org_tx():
        case = _lock_case(org, connection, held)
        if case is None:
            return
        row = case.row
        row.error = failure.sentence[:300]
        if failure.refused_write:
            row.is_unanswered = False
        if failure.is_final or row.attempts > QUIET_TRIES:
            row.state = EventState.FAILED
        row.due_at = now() + timedelta(seconds=retry_delay_s(row.attempts))
        _give_back(org, row)


def put_off(*, connection_id: UUID, seconds: int) -> None:
    """The provider is away or has had enough: nothing of this calendar is tried before then. Inside org_tx."""
    due = CalendarEvent.objects.filter(connection_id=connection_id, due_at__lte=now())
    due.update(due_at=now() + timedelta(seconds=seconds))


def pause_all(*, org: Organization, connection: CalendarConnection, sentence: str) -> None:
    """A person has to connect the calendar again: until then its rows wait, and say so."""
    with org_tx():
        rows = CalendarEvent.objects.filter(connection=connection, due_at__isnull=False)
        ids = list(rows.values_list("appointment_id", flat=True))
        rows.update(
            state=EventState.FAILED, error=sentence[:300], due_at=None, claim=None, claimed_until=None, must_look=True
        )
        summarise(org, ids)
        publish_on_commit(org.pk, "appointment")


def retry_delay_s(attempts: int) -> int:
    """Seconds until the next try: 15, 30, 60, … at most half an hour."""
    return int(min(FIRST_RETRY_S * 2 ** min(max(attempts - 1, 0), 10), LAST_RETRY_S))


def _lock_case(org: Organization, connection: CalendarConnection, held: HeldEvent) -> Case | None:
    """Both sides as they are now, the appointment first; None when the row is somebody else's, or gone."""
    mine = Q(pk=held.row.pk, claim=held.token)
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("contact", "service")
        .filter(pk=held.row.appointment_id)
        .first()
    )
    row = CalendarEvent.objects.select_for_update().filter(mine).first()
    if appointment is None or row is None:
        return None
    return Case(org=org, connection=connection, appointment=appointment, row=row)


def _give_back(org: Organization, row: CalendarEvent) -> None:
    row.claim = row.claimed_until = None
    row.save(update_fields=[*_KEPT, "claim", "claimed_until"])
    summarise(org, [row.appointment_id])
    publish_on_commit(org.pk, "appointment", id=row.appointment_id)
