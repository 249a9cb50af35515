"""A clinic that texts, with people who wait."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from contacts.models import Service
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from scheduling.changing import cancel_appointment
from scheduling.models import (
    Appointment,
    OpeningState,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistOpening,
)
from scheduling.tests.factories import book
from scheduling.waitlist.joining import Waiting, join_waitlist
from scheduling.waitlist.offering import Step, work_on
from telephony.messaging.events import offer_inbound
from telephony.models import Direction, Message, MessageStatus
from telephony.tests.texting import connect_twilio

TUESDAY = date(2026, 11, 24)
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
ANA, BEN, CAI = "+447911000001", "+447911000002", "+447911000003"


@dataclass
class WaitingClinic:
    """What happens at a clinic whose diary is full."""

    org: Organization

    def service(self, name: str = "Botox") -> Service:
        with org_scope(self.org), org_tx():
            return Service.objects.get(name=name)

    def wait(self, name: str = "Ana Reyes", phone: str = ANA, **facts: Any) -> WaitlistEntry:
        days = {"first_day": TUESDAY, "last_day": TUESDAY}
        waiting = Waiting(patient_name=name, phone=phone, **{"service": self.service(), **days, **facts})
        with org_scope(self.org):
            return join_waitlist(org=self.org, waiting=waiting, actor=Actor.system(self.org.pk))

    def visit(self, starts_at: datetime = TEN, name: str = "Dee Diaz", **facts: Any) -> Appointment:
        facts = {"service": self.service(), "phone": "+447911000099", **facts}
        with org_scope(self.org):
            return book(self.org, starts_at, name, **facts)

    def cancel(self, appointment: Appointment) -> None:
        with org_scope(self.org):
            cancel_appointment(org=self.org, appointment_id=appointment.pk, actor=Actor.system(self.org.pk))

    def work(self) -> Step:
        """What the worker does for the newest opening that is open."""
        opening = self.rows(WaitlistOpening, state=OpeningState.OPEN)[-1]
        with org_scope(self.org):
            return work_on(org=self.org, opening_id=opening.pk)

    def free(self, starts_at: datetime = TEN) -> Appointment:
        """A visit is booked and cancelled, and the worker does its work."""
        appointment = self.visit(starts_at)
        self.cancel(appointment)
        self.work()
        return appointment

    def says(self, phone: str, text: str) -> bool:
        """A text from a patient, in the transaction that stores it; whether anybody took it."""
        with org_scope(self.org), org_tx():
            entry = WaitlistEntry.objects.filter(contact__phone=phone).first()
            message = Message.objects.create(
                direction=Direction.INBOUND,
                method="sms",
                status=MessageStatus.RECEIVED,
                recipient=phone,
                content=text,
                contact_id=entry.contact_id if entry else None,
                idempotency_key=f"in-{phone}-{Message.objects.count()}",
            )
            return offer_inbound(self.org, message)

    def rows(self, model: Any, **filters: Any) -> list[Any]:
        with org_scope(self.org), org_tx():
            return list(model.objects.filter(**filters).order_by("created_at", "id"))

    def change(self, model: Any, filters: dict[str, Any] | None = None, **values: Any) -> None:
        with org_scope(self.org), org_tx():
            model.objects.filter(**filters or {}).update(**values)

    def texts(self, phone: str) -> list[str]:
        """What the clinic wrote to a number, oldest first."""
        return [row.content for row in self.rows(Message, recipient=phone, direction=Direction.OUTBOUND)]

    def offers(self) -> list[tuple[str, str]]:
        """Whom the times were offered to, in turn, and what became of it."""
        with org_scope(self.org), org_tx():
            found = WaitlistOffer.objects.order_by("created_at", "id").values_list("entry__patient_name", "state")
            return list(found)

    def states(self) -> dict[str, str]:
        return {row.patient_name: row.state for row in self.rows(WaitlistEntry)}

    def opening(self) -> WaitlistOpening:
        found: WaitlistOpening = self.rows(WaitlistOpening)[-1]
        return found


@pytest.fixture
def at() -> Iterator[Callable[[str], None]]:
    """`at("2026-11-20T09:15")` moves the clock there (UTC); it begins on a Friday at nine."""
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True) as traveller:
        yield lambda moment: traveller.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC))


@pytest.fixture
def clinic(north: Organization, at: Any) -> WaitingClinic:
    connect_twilio(north)
    return WaitingClinic(north)
