"""Moving, confirming, cancelling and closing appointments, by the team and by callers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from random import Random
from threading import Barrier
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections

from calls.tests.factories import make_call
from conftest import make_org, make_user
from orgs.actors import Actor
from orgs.models import AuditEntry, Organization
from orgs.scope import org_scope, org_tx
from scheduling.changing import (
    Move,
    cancel_appointment,
    confirm_appointment,
    move_appointment,
    settle_appointment,
)
from scheduling.errors import AskTheTeam, ClinicClosed, NotStanding, SlotNotOffered, SlotRefused, SlotTaken, TooSoon
from scheduling.events import Change
from scheduling.holds import hold_slots
from scheduling.models import Appointment, AppointmentSource, AppointmentStatus, Practitioner, SchedulingSettings
from scheduling.tests.factories import book, make_appointment, make_practitioner
from scheduling.types import Slot
from voxanne.clock import now
from voxanne.errors import NotFound

LONDON = ZoneInfo("Europe/London")


def on_tuesday(hour: int, minute: int = 0, *, weeks: int = 2) -> datetime:
    today = now().astimezone(LONDON).date()
    day = today + timedelta(days=7 * weeks - (today.weekday() - 1) % 7)
    return datetime.combine(day, time(hour, minute), tzinfo=LONDON)


@pytest.fixture
def clinic(north, working_for):
    with working_for(north):
        yield north


@pytest.fixture
def heard(monkeypatch):
    """Which changes were announced, in order."""
    changes: list[Change] = []
    monkeypatch.setattr("scheduling.events._listeners", [lambda _org, _row, change: changes.append(change)])
    return changes


def move(clinic: Organization, row: Appointment, starts_at: datetime, **facts: object) -> Appointment:
    to = Move(appointment_id=row.pk, starts_at=starts_at, **facts)
    return move_appointment(org=clinic, move=to, actor=Actor.system(clinic.pk))


def test_a_moved_visit_keeps_its_reference_and_frees_its_old_time(clinic, heard):
    row = make_appointment(on_tuesday(10))

    moved = move(clinic, row, on_tuesday(14, 30))

    moved.refresh_from_db()
    assert (moved.pk, moved.reference, moved.starts_at) == (row.pk, row.reference, on_tuesday(14, 30))
    assert (moved.blocked.lower, moved.blocked.upper) == (on_tuesday(14, 30), on_tuesday(15))
    assert book(clinic, on_tuesday(10)).starts_at == on_tuesday(10)
    assert heard == [Change.MOVED, Change.BOOKED]
    entry = AuditEntry.objects.get(action="appointment.moved")
    assert datetime.fromisoformat(entry.details["before"]) == on_tuesday(10)


def test_a_visit_may_move_into_its_own_time(clinic):
    assert move(clinic, make_appointment(on_tuesday(10)), on_tuesday(10, 15)).starts_at == on_tuesday(10, 15)


def test_moving_to_where_it_is_changes_nothing(clinic, heard):
    move(clinic, make_appointment(on_tuesday(10)), on_tuesday(10))
    assert heard == []
    assert not AuditEntry.objects.filter(action="appointment.moved").exists()


def test_a_taken_time_is_refused_with_others_and_nothing_moves(clinic):
    make_appointment(on_tuesday(11))
    row = make_appointment(on_tuesday(10))

    with pytest.raises(SlotTaken) as refused:
        move(clinic, row, on_tuesday(11))

    row.refresh_from_db()
    assert row.starts_at == on_tuesday(10)
    assert len(refused.value.alternatives) == 3


def test_the_team_moves_at_short_notice_and_to_any_minute_but_a_caller_does_not(clinic):
    soon = on_tuesday(9, 7, weeks=2)
    row = make_appointment(on_tuesday(10))
    with pytest.raises(SlotNotOffered):
        move(clinic, row, soon, by_caller=True)
    assert move(clinic, row, soon).starts_at == soon


def test_a_caller_cannot_move_to_within_the_notice_of_the_service(clinic, monkeypatch):
    row = make_appointment(on_tuesday(10))
    monkeypatch.setattr("scheduling.reaching.now", lambda: on_tuesday(8, 30) - timedelta(days=7))
    with pytest.raises(TooSoon):
        move(clinic, row, on_tuesday(9, 30) - timedelta(days=7), by_caller=True)


def test_outside_hours_only_when_the_team_says_so(clinic):
    row = make_appointment(on_tuesday(10))
    with pytest.raises(SlotNotOffered):
        move(clinic, row, on_tuesday(20))
    with pytest.raises(ClinicClosed):
        move(clinic, row, on_tuesday(10) + timedelta(days=4))
    assert move(clinic, row, on_tuesday(20), outside_hours=True).starts_at == on_tuesday(20)


def test_the_team_keeps_the_practitioner_unless_it_names_another(clinic):
    row, other = make_appointment(on_tuesday(10)), make_practitioner()
    make_appointment(on_tuesday(11))
    with pytest.raises(SlotTaken):
        move(clinic, row, on_tuesday(11))
    assert move(clinic, row, on_tuesday(11), practitioner=other).practitioner_id == other.pk


def test_for_a_caller_another_practitioner_will_do(clinic):
    row, other = make_appointment(on_tuesday(10)), make_practitioner()
    make_appointment(on_tuesday(11))
    assert move(clinic, row, on_tuesday(11), by_caller=True).practitioner_id == other.pk


def test_a_caller_within_the_clinics_notice_is_sent_to_the_team(clinic):
    SchedulingSettings.objects.create(change_notice_minutes=60 * 24 * 30)
    row = make_appointment(on_tuesday(10))
    with pytest.raises(AskTheTeam, match="30 days' notice"):
        move(clinic, row, on_tuesday(11), by_caller=True)
    with pytest.raises(AskTheTeam):
        cancel_appointment(org=clinic, appointment_id=row.pk, actor=Actor.vapi(clinic.pk), check_policy=True)
    assert cancel_appointment(org=clinic, appointment_id=row.pk, actor=Actor.system(clinic.pk)).cancelled_at


def test_a_cancelled_time_is_free_and_cancelling_again_changes_nothing(clinic, heard):
    row = book(clinic, on_tuesday(10))
    first = cancel_appointment(org=clinic, appointment_id=row.pk, actor=Actor.system(clinic.pk), reason="Ill")
    again = cancel_appointment(org=clinic, appointment_id=row.pk, actor=Actor.system(clinic.pk), reason="Other")
    assert (again.cancelled_at, again.cancel_reason) == (first.cancelled_at, "Ill")
    assert book(clinic, on_tuesday(10), "Ben Stone").pk != row.pk
    assert heard == [Change.BOOKED, Change.CANCELLED, Change.BOOKED]
    with pytest.raises(NotStanding):
        move(clinic, row, on_tuesday(12))


def test_a_request_holds_its_time_until_the_team_confirms_it(clinic, heard):
    row = book(clinic, on_tuesday(10), needs_approval=True)
    assert row.status == AppointmentStatus.PENDING
    with pytest.raises(SlotTaken):
        book(clinic, on_tuesday(10), "Ben Stone")
    for _ in range(2):
        confirmed = confirm_appointment(org=clinic, appointment_id=row.pk, actor=Actor.system(clinic.pk))
    assert confirmed.status == AppointmentStatus.CONFIRMED
    assert heard == [Change.BOOKED, Change.CONFIRMED]


def test_whether_somebody_came_can_be_noted_and_put_right(clinic):
    row = make_appointment(now() - timedelta(hours=2))
    for status in (AppointmentStatus.NO_SHOW, AppointmentStatus.COMPLETED):
        settle_appointment(org=clinic, appointment_id=row.pk, status=status, actor=Actor.system(clinic.pk))
        row.refresh_from_db()
        assert row.status == status
    with pytest.raises(NotStanding):
        cancel_appointment(org=clinic, appointment_id=row.pk, actor=Actor.system(clinic.pk))


def test_the_team_books_a_walk_in_at_any_minute(clinic):
    start = now().astimezone(LONDON).replace(hour=9, minute=2, second=0, microsecond=0) + timedelta(days=1)
    while start.weekday() > 4:
        start += timedelta(days=1)
    assert book(clinic, start, source=AppointmentSource.STAFF).starts_at == start


def test_what_belongs_to_another_clinic_is_not_found(north, south, working_for):
    with working_for(south):
        other = make_appointment(on_tuesday(10))
    with working_for(north):
        with pytest.raises(NotFound):
            move(north, other, on_tuesday(11))
        with pytest.raises(NotFound):
            cancel_appointment(org=north, appointment_id=other.pk, actor=Actor.system(north.pk))


ACTS, PEOPLE = 500, 40


@pytest.fixture
def busy_clinic(transactional_db):
    clinic = make_org("North Clinic", make_user("owner@north.example"))
    with org_scope(clinic), org_tx():
        make_practitioner()
    return clinic


def keep(clinic: Organization, chair: int, start: datetime, call: UUID) -> None:
    """Have a slot held for a call instead of the one that it held before."""
    slot = Slot(start, start + timedelta(minutes=30), chair, "")
    hold_slots(org=clinic, slots=[slot], service=None, call_id=call)


def act_at_random(clinic: Organization, person: int, slots: list[datetime], start: Barrier) -> list[BaseException]:
    """One person's share of the acts; what went wrong other than a plain refusal."""
    random, mine, errors = Random(person), [], []
    try:
        with org_scope(clinic):
            with org_tx():
                chair = Practitioner.objects.order_by("pk")[0].pk
                call = make_call(clinic).pk
            start.wait()
            for act in range(ACTS // PEOPLE + 1):
                try:
                    choice = random.random()
                    if choice < 0.2:
                        keep(clinic, chair, random.choice(slots), call)
                    elif not mine or choice < 0.5:
                        mine.append(book(clinic, random.choice(slots), f"Person {person} {act}", call_id=call))
                    elif choice < 0.8:
                        move(clinic, random.choice(mine), random.choice(slots), by_caller=choice < 0.65)
                    else:
                        gone = mine.pop(random.randrange(len(mine)))
                        cancel_appointment(org=clinic, appointment_id=gone.pk, actor=Actor.system(clinic.pk))
                except (SlotRefused, AskTheTeam):
                    pass
                except BaseException as error:  # noqa: BLE001 - any other error is what the test looks for
                    errors.append(error)
    finally:
        connections.close_all()
    return errors


@pytest.mark.slow
def test_many_who_hold_book_move_and_cancel_at_once_never_overlap(busy_clinic):
    """500 acts over twenty slots by forty callers: no overlap, no error but a plain refusal."""
    slots = [on_tuesday(9) + timedelta(minutes=30 * n, days=7 * (n // 16)) for n in range(20)]
    start = Barrier(PEOPLE)

    with ThreadPoolExecutor(PEOPLE) as pool:
        shares = pool.map(lambda person: act_at_random(busy_clinic, person, slots, start), range(PEOPLE))
        errors = [error for found in shares for error in found]

    assert errors == []
    with org_scope(busy_clinic), org_tx(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM appointments a JOIN appointments b
            ON a.practitioner_id = b.practitioner_id AND a.id < b.id AND a.blocked && b.blocked
            WHERE a.status IN ('held', 'pending', 'confirmed') AND b.status IN ('held', 'pending', 'confirmed')
            """
        )
        assert cursor.fetchone() == (0,)
        assert Appointment.objects.filter(status=AppointmentStatus.CONFIRMED).count() > 10
