"""A slot that was offered is kept for the caller while they spell their name."""

from datetime import timedelta

import pytest

from scheduling.availability import find_slots
from scheduling.errors import SlotTaken
from scheduling.holds import hold_slots, release_holds
from scheduling.models import Appointment, AppointmentStatus
from scheduling.tests.factories import book, make_call
from voxanne.clock import now


@pytest.fixture
def clinic(north, working_for):
    with working_for(north):
        yield north


@pytest.fixture
def slots(clinic):
    day = now().date() + timedelta(days=7)
    return find_slots(org=clinic, first_day=day, last_day=day + timedelta(days=6), limit=3)


def test_a_held_slot_is_nobody_elses(clinic, slots):
    call = make_call()
    assert hold_slots(org=clinic, slots=slots[:1], service=None, call_id=call) == slots[:1]
    with pytest.raises(SlotTaken):
        book(clinic, slots[0].starts_at, "Ben Stone", call_id=make_call())
    assert hold_slots(org=clinic, slots=slots[:1], service=None, call_id=make_call()) == []


def test_the_call_that_holds_it_books_it(clinic, slots):
    call = make_call()
    hold_slots(org=clinic, slots=slots[:1], service=None, call_id=call)
    booked = book(clinic, slots[0].starts_at, call_id=call)
    assert [row.pk for row in Appointment.objects.all()] == [booked.pk]
    assert booked.status == AppointmentStatus.CONFIRMED


def test_a_call_keeps_one_promise_at_a_time(clinic, slots):
    call = make_call()
    hold_slots(org=clinic, slots=slots[:1], service=None, call_id=call)
    hold_slots(org=clinic, slots=slots[1:2], service=None, call_id=call)
    assert [row.starts_at for row in Appointment.objects.all()] == [slots[1].starts_at]


def test_a_hold_that_ended_gives_way(clinic, slots):
    hold_slots(org=clinic, slots=slots[:1], service=None, call_id=make_call(), seconds=-1)
    assert book(clinic, slots[0].starts_at).starts_at == slots[0].starts_at


def test_when_the_caller_hangs_up_the_slot_is_free_again(clinic, slots):
    call = make_call()
    hold_slots(org=clinic, slots=slots, service=None, call_id=call)
    assert release_holds(org=clinic, call_id=call) == 3
    assert release_holds(org=clinic, call_id=call) == 0
    assert book(clinic, slots[0].starts_at).starts_at == slots[0].starts_at


def test_a_refused_booking_leaves_the_hold_standing(clinic, slots):
    call = make_call()
    book(clinic, slots[1].starts_at, "Ben Stone")
    hold_slots(org=clinic, slots=slots[:1], service=None, call_id=call)
    with pytest.raises(SlotTaken):
        book(clinic, slots[1].starts_at, call_id=call)
    assert Appointment.objects.filter(status=AppointmentStatus.HELD, call_id=call).count() == 1
