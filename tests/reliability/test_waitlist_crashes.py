"""The process dies around an offer and around a yes: each is done once, or not begun and found again."""

from datetime import UTC, datetime, timedelta

import pytest

from orgs.models import IntegrationSettings, Organization
from scheduling.models import Appointment, AppointmentStatus, WaitlistOpening
from scheduling.tests.waitlist.conftest import ANA, WaitingClinic
from scheduling.waitlist.sweeping import claim_due
from telephony.tests.texting import connect_twilio
from tests.reliability.dying import KILLED
from tests.reliability.dying import run as run_module
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tuesday() -> datetime:
    """Noon of the next Tuesday but one, in summer and winter within the clinic's hours."""
    today = now().date()
    day = today + timedelta(days=14 - (today.weekday() - 1) % 7)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def clinic(north: Organization, tuesday: datetime) -> WaitingClinic:
    connect_twilio(north)
    made = WaitingClinic(north)
    made.change(IntegrationSettings, quiet_hours_start="00:00", quiet_hours_end="00:00")
    made.wait(first_day=tuesday.date(), last_day=tuesday.date())
    return made


def run(clinic: WaitingClinic, act: str, *things: str, dying_at: str = "") -> int:
    """A process of the product on the tests' database; its exit code."""
    return run_module("waiting", act, str(clinic.org.pk), *things, dying_at=dying_at)


@pytest.mark.parametrize(("point", "asked"), [("waitlist.deciding", 0), ("waitlist.decided", 1)])
def test_a_death_while_offering_asks_once(clinic: WaitingClinic, tuesday: datetime, point: str, asked: int) -> None:
    clinic.cancel(clinic.visit(tuesday))
    [opening] = clinic.rows(WaitlistOpening)

    assert run(clinic, "offer", str(opening.pk), dying_at=point) == KILLED
    assert len(clinic.texts(ANA)) == asked
    assert len(claim_due()) == 1 - asked  # what was not begun is due; what was done is due when the offer has passed
    run(clinic, "offer", str(opening.pk))

    assert clinic.offers() == [("Ana Reyes", "open")]
    assert len(clinic.texts(ANA)) == 1


def test_a_death_while_booking_leaves_the_yes_to_be_said_again(clinic: WaitingClinic, tuesday: datetime) -> None:
    clinic.free(tuesday)

    assert run(clinic, "answer", ANA, "yes", "in-1", dying_at="waitlist.booked") == KILLED
    assert clinic.rows(Appointment, status=AppointmentStatus.CONFIRMED) == []
    for _ in range(2):
        assert run(clinic, "answer", ANA, "yes", "in-1") == 0

    [booked] = clinic.rows(Appointment, status=AppointmentStatus.CONFIRMED)
    assert booked.starts_at == tuesday
    assert clinic.offers() == [("Ana Reyes", "taken")]
    assert len(clinic.texts(ANA)) == 2
