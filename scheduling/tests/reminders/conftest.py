"""A clinic that reminds its patients, on a Friday morning in London."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from scheduling.models import Appointment, Reminder, ReminderSettings
from scheduling.reminders.sending import Outcome, hand_over
from scheduling.tests.factories import book, make_appointment
from telephony.models import Message
from telephony.tests.texting import PATIENT, connect_resend, connect_twilio

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
TUESDAY_TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
MAIL = "ana@patients.example"


@dataclass
class RemindingClinic:
    """What tests of reminders do in a clinic."""

    org: Organization
    clock: Any

    def book(self, starts_at: datetime = TUESDAY_TEN, **facts: Any) -> Appointment:
        with org_scope(self.org), org_tx():
            return book(self.org, starts_at, **{"phone": PATIENT, **facts})

    def make(self, starts_at: datetime, **facts: Any) -> Appointment:
        """A visit as a table has it, whenever: nobody was told of it."""
        with org_scope(self.org), org_tx():
            return make_appointment(starts_at, **facts)

    def choose(self, **choices: Any) -> None:
        with org_scope(self.org), org_tx():
            ReminderSettings.objects.update_or_create(org=self.org, defaults=choices)

    def rows(self, model: type = Reminder, **filters: Any) -> list[Any]:
        with org_scope(self.org), org_tx():
            return list(model.objects.filter(**filters).order_by("created_at", "id"))

    def change(self, model: type, filters: dict[str, Any] | None = None, **values: Any) -> None:
        with org_scope(self.org), org_tx():
            model.objects.filter(**filters or {}).update(**values)

    def visit(self, row: Appointment) -> Appointment:
        with org_scope(self.org), org_tx():
            return Appointment.objects.get(pk=row.pk)

    def at(self, moment: datetime) -> None:
        self.clock.move_to(moment)

    def before(self, row: Appointment, **length: int) -> None:
        """The clock stands that long before a visit, and a little later."""
        self.at(row.starts_at - timedelta(**length) + timedelta(seconds=20))

    def work(self) -> list[Outcome]:
        """What a worker does with everything that is planned."""
        return [hand_over(org=self.org, reminder_id=row.pk) for row in self.rows()]

    def messages(self, **filters: Any) -> list[Message]:
        return self.rows(Message, **filters)

    def states(self) -> list[tuple[int, str, str]]:
        """Each reminder: minutes before, state, reason."""
        return sorted((row.lead_minutes, row.state, row.reason) for row in self.rows())


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clinic(north: Organization, clock: Any) -> RemindingClinic:
    """Nothing is connected yet."""
    return RemindingClinic(north, clock)


@pytest.fixture
def texting(clinic: RemindingClinic) -> RemindingClinic:
    """It texts and writes emails."""
    connect_twilio(clinic.org)
    connect_resend(clinic.org)
    return clinic


@pytest.fixture
def do(north: Organization) -> Callable[..., Any]:
    """`do(cancel_appointment, appointment_id=…)` as the system, in one transaction."""
    from orgs.actors import Actor

    def run(act: Callable[..., Any], **facts: Any) -> Any:
        with org_scope(north), org_tx():
            return act(org=north, actor=Actor.system(north.pk), **facts)

    return run
