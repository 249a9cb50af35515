"""Many at one moment: one gets the time, the others hear so, and nobody waits for another for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from orgs.scope import org_scope
from scheduling.errors import SlotTaken
from scheduling.models import Appointment, AppointmentStatus, OpeningState, WaitlistOffer, WaitlistOpening
from scheduling.tests.waitlist.conftest import ANA, BEN, TEN, WaitingClinic
from scheduling.waitlist.offering import Step, work_on
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each came to, all having begun together."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return deed()
        except Exception as error:  # noqa: BLE001 - what it was is what the test looks at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def standing(clinic: WaitingClinic) -> list[str]:
    rows = clinic.rows(Appointment, status=AppointmentStatus.CONFIRMED)
    return [row.patient_name for row in rows]


def let_the_first_offer_pass(clinic: WaitingClinic) -> None:
    clinic.change(WaitlistOffer, {"state": "open"}, expires_at=now() - timedelta(seconds=1))
    assert clinic.work() == Step.OFFERED


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_who_say_yes_at_once_one_has_it(clinic, round_):
    clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    clinic.free()
    let_the_first_offer_pass(clinic)

    answers = at_once(lambda: clinic.says(ANA, "yes"), lambda: clinic.says(BEN, "yes"))

    assert answers == [True, True]
    [winner] = standing(clinic)
    assert sorted(state for _, state in clinic.offers()) == ["lost", "taken"]
    told = {phone: clinic.texts(phone)[-1] for phone in (ANA, BEN)}
    assert sum(text.startswith("You are booked") for text in told.values()) == 1
    assert sum(text.startswith("Sorry, that time has just gone") for text in told.values()) == 1
    assert told[ANA if winner == "Ana Reyes" else BEN].startswith("You are booked")


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_yes_and_a_caller_at_once_are_one_visit(clinic, round_):
    clinic.wait()
    clinic.free()

    answers = at_once(lambda: clinic.says(ANA, "yes"), lambda: clinic.visit(name="Eve Fox", phone="+447911000098"))

    assert answers[0] is True
    assert isinstance(answers[1], (Appointment, SlotTaken))
    assert standing(clinic) == [("Eve Fox" if isinstance(answers[1], Appointment) else "Ana Reyes")]


def test_the_same_yes_many_times_at_once_is_one_visit(clinic):
    clinic.wait()
    clinic.free()
    at_once(*[lambda: clinic.says(ANA, "yes") for _ in range(4)])
    clinic.says(ANA, "yes")
    assert standing(clinic) == ["Ana Reyes"]


def test_many_workers_at_once_ask_one_person(clinic):
    clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    clinic.cancel(clinic.visit())
    [opening] = clinic.rows(WaitlistOpening)

    def work() -> Step:
        with org_scope(clinic.org):
            return work_on(org=clinic.org, opening_id=opening.pk)

    at_once(*[work for _ in range(6)])

    assert clinic.offers() == [("Ana Reyes", "open")]
    assert len(clinic.texts(ANA)) == 1


def test_two_times_that_are_freed_at_once_are_not_both_offered_to_one_person(clinic):
    clinic.wait()
    clinic.wait(service=None)
    visits = [clinic.visit(TEN + timedelta(hours=hours), f"Dee {hours}") for hours in (0, 2)]
    at_once(*[lambda visit=visit: clinic.cancel(visit) for visit in visits])
    openings = clinic.rows(WaitlistOpening, state=OpeningState.OPEN)

    def work(opening: WaitlistOpening) -> Step:
        with org_scope(clinic.org):
            return work_on(org=clinic.org, opening_id=opening.pk)

    outcomes = at_once(*[lambda opening=opening: work(opening) for opening in openings])

    assert sorted(outcomes) == [Step.CLOSED, Step.OFFERED]
    assert [state for _, state in clinic.offers() if state == "open"] == ["open"]


def test_a_yes_while_the_time_is_freed_booked_and_freed_again_ends_with_one_visit(clinic):
    clinic.wait()
    clinic.free()
    rival = clinic.visit(name="Eve Fox", phone="+447911000098")

    answers = at_once(lambda: clinic.cancel(rival), lambda: clinic.says(ANA, "yes"))

    assert answers == [None, True]
    assert len(standing(clinic)) <= 1
    if not standing(clinic):  # the yes came first: the time is free, and Ana may say it again
        assert clinic.says(ANA, "yes")
        assert standing(clinic) == ["Ana Reyes"]
