"""Putting a caller through to people: where to, and telling Vapi to do it once the answer has left."""

from dataclasses import dataclass
from typing import Any

from calls.models import Call
from calls.steering import steering_courier
from contacts.models import TaskKind
from contacts.staff_tasks import NewTask, add_task
from orgs.models import IntegrationSettings, Organization
from providers.vapi.control import CallControl
from telephony.models import PhoneNumberMapping

DEPARTMENTS = ("general", "billing", "medical")
LONGEST_SUMMARY = 600


@dataclass(frozen=True)
class Destination:
    """Where people answer: a number in E.164, or else a SIP address."""

    number: str = ""
    sip_uri: str = ""

    @property
    def address(self) -> str:
        return self.number or self.sip_uri

    def as_vapi(self, *, words: str = "", summary: str = "") -> dict[str, Any]:
        """As Vapi wants it; with a summary, whoever answers hears it before the caller is joined."""
        plan: dict[str, Any] = {"mode": "blind-transfer"}
        if summary:
            plan = {
                "mode": "warm-transfer-say-message",
                "message": f"A call for you. {summary}"[:LONGEST_SUMMARY],
            }
        target = {"type": "number", "number": self.number} if self.number else {"type": "sip", "sipUri": self.sip_uri}
        return {**target, "message": words, "transferPlan": plan}


def choose_destination(*, org: Organization, department: str = "", caller_number: str = "") -> Destination | None:
    """The department's number, else the clinic's, else its SIP address; None where there is none. Two queries.

    A number that an agent answers would bring the call back here, and one's own telephone is engaged: neither counts.
    """
    settings = IntegrationSettings.objects.for_org(org.pk).first()
    if settings is None:
        return None
    wanted = [settings.transfer_departments.get(department, ""), settings.transfer_phone_number]
    numbers = [number for number in wanted if number and number != caller_number]
    ours = set(
        PhoneNumberMapping.objects.for_org(org.pk)
        .filter(phone_number__in=numbers, is_active=True)
        .values_list("phone_number", flat=True)
    )
    number = next((number for number in numbers if number not in ours), "")
    if number:
        return Destination(number=number)
    return Destination(sip_uri=settings.transfer_sip_uri) if settings.transfer_sip_uri else None


def find_on_call_number(*, org: Organization, caller_number: str = "") -> str:
    """Where the clinic's medical people answer, else its people at all; "" where nobody does. Two queries."""
    found = choose_destination(org=org, department="medical", caller_number=caller_number)
    return found.number if found else ""


def note_nobody_reached(*, org: Organization, call: Call) -> None:
    """A caller wanted a person and reached none: somebody is to call back, once a call. Inside org_tx."""
    task = NewTask(
        kind=TaskKind.CALL_BACK,
        cause=f"transfer:{call.pk}",
        reason="The caller wanted to speak to a person and reached nobody.",
        call_id=call.pk,
        contact_id=call.contact_id,
    )
    add_task(org=org, task=task)


@dataclass(frozen=True)
class Handover:
    """One call to be put through. The address is secret, so that this never leaves the process and is never logged."""

    call_id: str
    control_url: str
    destination: dict[str, Any]
    words: str

    def __repr__(self) -> str:
        return f"Handover(call_id={self.call_id!r})"

    def carry_out(self, control: CallControl) -> None:
        """Tell Vapi."""
        control.transfer(destination=self.destination, words=self.words)


def put_through(handover: Handover) -> None:
    """Have Vapi put a call through, after the answer. Call it when the transaction has committed."""
    _courier.hand_over(handover)


_courier = steering_courier("handovers")
