"""`checkAvailability`: which times are free."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rest_framework import serializers

from calls.tools.dates import BadDate, read_range, today_of
from calls.tools.lookups import find_practitioner_named, find_service_named
from calls.tools.types import Tool, ToolAnswer, ToolContext
from contacts.models import Service
from orgs.models import Organization
from scheduling.availability import find_slots
from scheduling.models import Practitioner
from scheduling.speech import say_day, say_slot, say_slots
from scheduling.types import PartOfDay, Slot

OFFERED = 5
LOOK_AHEAD_DAYS = 30


class Arguments(serializers.Serializer):
    """What the assistant may say about the wish."""

    date = serializers.CharField(required=False, allow_blank=True, max_length=40, help_text="One day, YYYY-MM-DD.")
    startDate = serializers.CharField(  # noqa: N815 - the model sees this name
        required=False, allow_blank=True, max_length=40, help_text="First day of a range, YYYY-MM-DD."
    )
    endDate = serializers.CharField(  # noqa: N815
        required=False, allow_blank=True, max_length=40, help_text="Last day of a range, YYYY-MM-DD."
    )
    service = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="The treatment that the caller asks for."
    )
    timePreference = serializers.CharField(  # noqa: N815
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="morning, afternoon or evening, if the caller said so.",
    )
    practitioner = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="Whom the caller wants to see, if named."
    )


@dataclass(frozen=True)
class _Wish:
    """What the caller wants, apart from the days."""

    service: Service | None
    practitioner: Practitioner | None
    part: PartOfDay | None

    def find(self, org: Organization, first: date, last: date, *, limit: int) -> list[Slot]:
        return find_slots(
            org=org,
            first_day=first,
            last_day=last,
            service=self.service,
            part_of_day=self.part,
            practitioner=self.practitioner,
            limit=limit,
        )


def check_availability(context: ToolContext, arguments: dict[str, Any]) -> ToolAnswer:
    """Up to five free slots for the wish; without any, the next openings after it."""
    org = context.org
    service = find_service_named(org=org, words=arguments.get("service", ""))
    practitioner = find_practitioner_named(arguments.get("practitioner", ""))
    part = _part_of_day(arguments.get("timePreference", ""))
    wish = _Wish(service=service, practitioner=practitioner, part=part)
    try:
        first, last = read_range(
            day=arguments.get("date", ""),
            first=arguments.get("startDate", ""),
            last=arguments.get("endDate", ""),
            org=org,
        )
    except BadDate as wrong:
        return _correction(context, wrong, wish)
    slots = wish.find(org, first, last, limit=OFFERED)
    if slots:
        return _offer(context, slots, f"I have {say_slots(slots, org.zone)}.")
    return _nothing_free(context, first, last, wish)


def _part_of_day(words: str) -> PartOfDay | None:
    folded = words.lower()
    return next((part for part in PartOfDay if part.value in folded), None)


def _nothing_free(context: ToolContext, first: date, last: date, wish: _Wish) -> ToolAnswer:
    when = f"on {say_day(first)}" if first == last else f"from {say_day(first)} to {say_day(last)}"
    later = _next_openings(context, after=last, wish=wish)
    if not later:
        return ToolAnswer(
            speech=f"Nothing is free {when}, and nothing in the weeks after. Offer to have the team call back.",
            content={"success": True, "slots": []},
        )
    return _offer(
        context, later, f"Nothing is free {when}. The next openings are {say_slots(later, context.org.zone)}."
    )


def _correction(context: ToolContext, wrong: BadDate, wish: _Wish) -> ToolAnswer:
    """A wrong day comes back with the right ones, so that the caller need not be asked again."""
    later = _next_openings(context, after=today_of(context.org) - timedelta(days=1), wish=wish)
    more = f" The next openings are {say_slots(later, context.org.zone)}." if later else ""
    content = {"success": False, "code": wrong.code, "alternatives": _as_data(context, later)}
    return ToolAnswer(speech=f"{wrong.message}{more}", content=content, succeeded=False)


def _next_openings(context: ToolContext, *, after: date, wish: _Wish) -> list[Slot]:
    first = after + timedelta(days=1)
    return wish.find(context.org, first, first + timedelta(days=LOOK_AHEAD_DAYS - 1), limit=3)


def _offer(context: ToolContext, slots: list[Slot], speech: str) -> ToolAnswer:
    return ToolAnswer(speech=speech, content={"success": True, "slots": _as_data(context, slots)})


def _as_data(context: ToolContext, slots: list[Slot]) -> list[dict[str, str]]:
    zone = context.org.zone
    return [
        {
            "start": slot.starts_at.astimezone(zone).isoformat(timespec="minutes"),
            "practitioner": slot.practitioner_name,
            "spoken": say_slot(slot, zone),
        }
        for slot in slots
    ]


CHECK_AVAILABILITY = Tool(
    name="checkAvailability",
    description=(
        "Find free appointment times. Call it immediately whenever the caller asks when they can come, before offering "
        "any time. Offer only times that it returns."
    ),
    arguments=Arguments,
    handler=check_availability,
)
