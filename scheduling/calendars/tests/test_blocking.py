"""An outside event keeps its time from callers and from the team, unless a person says that both can be true."""

from datetime import datetime, timedelta

import pytest
import time_machine

from orgs.actors import Actor
from scheduling.availability import find_slots
from scheduling.changing import Move, move_appointment
from scheduling.errors import CalendarBusy, SlotTaken
from scheduling.models import AppointmentSource, Practitioner
from scheduling.tests.factories import block_calendar, book, make_connection, make_practitioner

NOW = datetime.fromisoformat("2026-11-20T09:00+00:00")
TEN = datetime.fromisoformat("2026-11-24T10:00+00:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def clinic(north, working_for):
    with time_machine.travel(NOW, tick=False), working_for(north):
        make_connection()
        yield north


@pytest.fixture
def lunch(clinic):
    """Ten to eleven is taken in the clinic's calendar."""
    from scheduling.models import CalendarConnection

    return block_calendar(CalendarConnection.objects.get(), TEN, TEN + HOUR)


def starts(org, **asked):
    found = find_slots(org=org, first_day=TEN.date(), last_day=TEN.date(), limit=None, **asked)
    return [slot.starts_at for slot in found]


def staff_books(org, starts_at=TEN, **facts):
    return book(org, starts_at, source=AppointmentSource.STAFF, **facts)


def test_its_time_is_not_offered_and_its_neighbours_are(clinic, lunch):
    offered = starts(clinic)

    assert TEN - HOUR / 2 in offered
    assert TEN + HOUR in offered
    assert not {TEN, TEN + HOUR / 2} & set(offered)


def test_a_caller_hears_that_it_is_taken_and_what_is_free(clinic, lunch):
    with pytest.raises(SlotTaken) as refused:
        book(clinic, TEN)

    assert len(refused.value.alternatives) == 3
    assert TEN not in [slot.starts_at for slot in refused.value.alternatives]


def test_one_practitioners_event_leaves_the_others_free(clinic, lunch):
    other = make_practitioner(name="Dr Osei")
    lunch.practitioner = Practitioner.objects.earliest("id")
    lunch.save()

    assert TEN in starts(clinic)
    assert TEN not in starts(clinic, practitioner=lunch.practitioner)
    assert book(clinic, TEN).practitioner_id == other.pk


def test_an_event_ends_and_begins_with_its_minute(clinic, lunch):
    lunch.starts_at, lunch.ends_at = TEN + timedelta(minutes=30), TEN + timedelta(minutes=30, seconds=1)
    lunch.save()

    assert TEN in starts(clinic)
    assert TEN + HOUR / 2 not in starts(clinic)


def test_the_team_is_warned_and_may_overrule(clinic, lunch):
    with pytest.raises(CalendarBusy, match="Your calendar has something at that time"):
        staff_books(clinic)

    assert staff_books(clinic, over_calendar=True).starts_at == TEN


def test_overruling_the_calendar_overrules_no_appointment(clinic, lunch):
    staff_books(clinic, over_calendar=True)

    with pytest.raises(SlotTaken):
        staff_books(clinic, over_calendar=True)


def test_overruling_prefers_whoever_is_free(clinic, lunch):
    free = make_practitioner(name="Dr Osei")
    lunch.practitioner = Practitioner.objects.earliest("id")
    lunch.save()

    assert staff_books(clinic, over_calendar=True).practitioner_id == free.pk


@pytest.mark.parametrize(("by_caller", "refusal"), [(True, SlotTaken), (False, CalendarBusy)])
def test_moving_obeys_the_same(clinic, lunch, by_caller, refusal):
    row = book(clinic, TEN + 3 * HOUR)
    wish = Move(appointment_id=row.pk, starts_at=TEN, by_caller=by_caller)

    with pytest.raises(refusal):
        move_appointment(org=clinic, move=wish, actor=Actor.system(clinic.pk))


def test_the_team_may_move_over_an_event(clinic, lunch):
    row = book(clinic, TEN + 3 * HOUR)
    wish = Move(appointment_id=row.pk, starts_at=TEN, over_calendar=True)

    assert move_appointment(org=clinic, move=wish, actor=Actor.system(clinic.pk)).starts_at == TEN


def test_another_clinics_calendar_blocks_nothing_here(north, south, working_for):
    with time_machine.travel(NOW, tick=False):
        with working_for(south):
            block_calendar(make_connection(), TEN, TEN + HOUR)
            assert TEN not in starts(south)

        with working_for(north):
            assert TEN in starts(north)
