"""Which appointment of their own a caller means, once two facts say that it is theirs."""

from typing import Any

from rest_framework import serializers

from calls.models import ToolInvocation
from calls.tools.dates import read_birthday
from calls.tools.types import ToolAnswer, ToolContext
from contacts.phones import find_e164
from scheduling.identity import Claim, NotProven, find_own_visits
from scheduling.models import Appointment
from scheduling.speech import say_moment

# After so many wrong answers in one call, no further fact is tried: a reference could be guessed.
MOST_FAILURES = 5
# The answer's code when a caller has to say which of theirs they mean.
SEVERAL_VISITS = "several_appointments"


class OwnVisitArguments(serializers.Serializer):
    """The facts by which a caller shows whose appointment it is."""

    reference = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="The booking reference, such as KW 4827."
    )
    name = serializers.CharField(required=False, allow_blank=True, max_length=120, help_text="The patient's full name.")
    dateOfBirth = serializers.CharField(  # noqa: N815 - the model sees this name
        required=False, allow_blank=True, max_length=60, help_text="The patient's date of birth, YYYY-MM-DD."
    )
    phone = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="Only if it differs from the number they call from."
    )


class SeveralVisits(Exception):
    """More than one appointment is theirs: the caller is to say which."""

    def __init__(self, visits: list[Appointment]) -> None:
        super().__init__()
        self.visits = visits


def find_own_visit(context: ToolContext, arguments: dict[str, Any]) -> Appointment:
    """The one appointment to come that is the caller's own.

    Raises:
        NotProven: nothing fits two facts, or too much was tried. BadDate: the date of birth is none.
        SeveralVisits.
    """
    if _failures(context) >= MOST_FAILURES:
        raise NotProven("The details did not match too often. The team has to help with that.")
    org = context.org
    said = find_e164(arguments.get("phone", ""), country=org.country)
    claim = Claim(
        numbers=tuple({find_e164(context.caller_number, country=org.country), said} - {""}),
        name=arguments.get("name", ""),
        date_of_birth=read_birthday(arguments.get("dateOfBirth", ""), org=org),
        reference=arguments.get("reference", ""),
    )
    visits = find_own_visits(org=org, claim=claim)
    if len(visits) > 1:
        raise SeveralVisits(visits)
    return visits[0]


def ask_which(context: ToolContext, several: SeveralVisits) -> ToolAnswer:
    """The answer when more than one is theirs. They have shown who they are, so each may be named."""
    zone = context.org.zone
    listed = [
        {
            "reference": visit.reference,
            "start": visit.starts_at.astimezone(zone).isoformat(timespec="minutes"),
            "spoken": f"{name_of(visit)} on {say_moment(visit.starts_at, zone)}",
        }
        for visit in several.visits
    ]
    said = "; ".join(item["spoken"] for item in listed)
    return ToolAnswer(
        speech=f"There are several: {said}. Ask which one, and call again with its reference.",
        content={"success": False, "code": SEVERAL_VISITS, "appointments": listed},
        succeeded=False,
    )


def name_of(visit: Appointment) -> str:
    """What the visit is for, as it is said."""
    return visit.service.name if visit.service else "Your appointment"


def _failures(context: ToolContext) -> int:
    if context.call is None:
        return 0
    asked = ToolInvocation.objects.filter(call=context.call, answer__content__code="not_proven")
    return int(asked.count())
