"""`checkAvailability`: which times are free."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from calls.tools.dates import BadDate, read_moment, read_wish, today_of
from calls.tools.lookups import find_practitioner_named, find_service_named
from calls.tools.types import Tool, ToolAnswer, ToolContext
from calls.tools.waiting import INVITATION, WaitFor, can_open_up, join
from contacts.models import Service
from scheduling.availability import ALTERNATIVES, find_slots, nearest_slots
from scheduling.holds import hold_slots
from scheduling.models import Practitioner
from scheduling.speech import say_day, say_slot, say_slots, say_time
from scheduling.spoken_when import When, WhenNotUnderstood, read_when
from scheduling.types import PartOfDay, Slot
from scheduling.wall_clock import find_moment

OFFERED = 5
LOOK_AHEAD_DAYS = 30


class Arguments(serializers.Serializer):
    """What the assistant may say about the wish."""

    date = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=120,
        help_text="The day, as YYYY-MM-DD or in the caller's own words, such as next Tuesday afternoon.",
    )
    startDate = serializers.CharField(  # noqa: N815 - the model sees this name
        required=False, allow_blank=True, max_length=120, help_text="First day of a range, YYYY-MM-DD."
    )
    endDate = serializers.CharField(  # noqa: N815
        required=False, allow_blank=True, max_length=120, help_text="Last day of a range, YYYY-MM-DD."
    )
    service = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="The treatment that the caller asks for."
    )
    timePreference = serializers.CharField(  # noqa: N815
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="morning, afternoon, evening or a time such as half four, if the caller said so.",
    )
    practitioner = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="Whom the caller wants to see, if named."
    )
    hold = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text=(
            "The start of the offered time that the caller has picked, exactly as it was returned: it is kept for them "
            "for two minutes while you take their details."
        ),
    )
    joinWaitlist = serializers.BooleanField(  # noqa: N815
        required=False,
        allow_null=True,
        help_text=(
            "true puts the caller on the waiting list for this day and service. Only when nothing suits them and they "
            "have clearly said yes to it; give name with it."
        ),
    )
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="The caller's full name, for the waiting list."
    )
    phone = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="For the waiting list: the mobile number to text, only if it differs from the one they call from.",
    )


@dataclass(frozen=True)
class _Wish:
    """What the caller wants."""

    service: Service | None
    practitioner: Practitioner | None
    when: When

    def find(self, context: ToolContext, first: date, last: date, *, limit: int | None) -> list[Slot]:
        return find_slots(
            org=context.org,
            first_day=first,
            last_day=last,
            service=self.service,
            part_of_day=self.when.part_of_day if self.when.at is None else None,
            practitioner=self.practitioner,
            limit=limit,
            for_call=context.call.pk if context.call else None,
        )

    def to_wait_for(self, first: date, last: date) -> WaitFor:
        """The same, for the waiting list: of a time of day its part of the day."""
        at = self.when.at
        part = PartOfDay.at(datetime.combine(first, at)) if at is not None else self.when.part_of_day
        return WaitFor(self.service, self.practitioner, first, last, part)


def check_availability(context: ToolContext, arguments: dict[str, Any]) -> ToolAnswer:
    """Up to five free slots for the wish; without any, the next openings. A picked one is kept for the caller."""
    org = context.org
    service = find_service_named(org=org, words=arguments.get("service", ""))
    practitioner = find_practitioner_named(arguments.get("practitioner", ""))
    today = today_of(org)
    if arguments.get("hold", "").strip():
        return _keep(context, arguments["hold"], _Wish(service, practitioner, When(today, today)))
    try:
        when = read_wish(
            day=arguments.get("date", ""),
            first=arguments.get("startDate", ""),
            last=arguments.get("endDate", ""),
            org=org,
        )
    except BadDate as wrong:
        return _correction(context, wrong, _Wish(service, practitioner, When(today, today)))
    wish = _Wish(service, practitioner, _with_preference(when, arguments.get("timePreference", ""), today))
    if arguments.get("joinWaitlist"):
        return _wait(context, wish, arguments)
    if wish.when.at is not None:
        return _around_time(context, wish)
    slots = wish.find(context, when.first_day, when.last_day, limit=OFFERED)
    if slots:
        return _offer(context, slots, f"I have {say_slots(slots, org.zone)}.")
    return _nothing_free(context, when.first_day, when.last_day, wish)


def _with_preference(when: When, words: str, today: date) -> When:
    """The wish with the time of day that was given apart from the day; what is not understood is left out."""
    if not words.strip():
        return when
    try:
        preferred = read_when(words, today=today)
    except WhenNotUnderstood:
        return when
    return replace(when, part_of_day=preferred.part_of_day or when.part_of_day, at=preferred.at or when.at)


def _around_time(context: ToolContext, wish: _Wish) -> ToolAnswer:
    """The slots at the time that was asked for; without any, those nearest to it on the same days."""
    zone, when, at = context.org.zone, wish.when, wish.when.at or time()
    slots = wish.find(context, when.first_day, when.last_day, limit=None)
    exact = [slot for slot in slots if slot.starts_at.astimezone(zone).time() == at]
    if exact:
        return _offer(context, exact[:OFFERED], f"Yes, I have {say_slots(exact[:OFFERED], zone)}.")
    if not slots:
        return _nothing_free(context, when.first_day, when.last_day, wish)
    nearest = sorted(slots, key=lambda slot: (_minutes_apart(slot, at, zone), slot.starts_at))[:ALTERNATIVES]
    nearest.sort(key=lambda slot: slot.starts_at)
    said = say_time(datetime.combine(when.first_day, at))
    return _offer(context, nearest, f"Nothing is free at {said}. The nearest is {say_slots(nearest, zone)}.")


def _wait(context: ToolContext, wish: _Wish, arguments: dict[str, Any]) -> ToolAnswer:
    """The waiting list, unless just that is free."""
    zone, when = context.org.zone, wish.when
    slots = wish.find(context, when.first_day, when.last_day, limit=None if when.at is not None else OFFERED)
    free = [slot for slot in slots if when.at is None or slot.starts_at.astimezone(zone).time() == when.at][:OFFERED]
    if free:
        said = f"There is no need to wait: I have {say_slots(free, zone)}."
        return _offer(context, free, f"{said} For another part of the day, give timePreference.")
    wait_for = wish.to_wait_for(when.first_day, when.last_day)
    return join(context, wait_for, name=arguments.get("name", ""), phone=arguments.get("phone", ""))


def _minutes_apart(slot: Slot, at: time, zone: ZoneInfo) -> int:
    local = slot.starts_at.astimezone(zone)
    return abs(local.hour * 60 + local.minute - at.hour * 60 - at.minute)


def _keep(context: ToolContext, picked: str, wish: _Wish) -> ToolAnswer:
    """Hold the time that the caller picked while their details are taken."""
    org = context.org
    start = find_moment(read_moment(picked, org=org), org.zone)
    if start is None or context.call is None:
        return ToolAnswer(speech="That time cannot be kept. Book it at once.", succeeded=False)
    day = start.astimezone(org.zone).date()
    slots = [slot for slot in wish.find(context, day, day, limit=None) if slot.starts_at == start]
    kept = hold_slots(org=org, slots=slots, service=wish.service, call_id=context.call.pk)
    if not kept:
        nearest = nearest_slots(org=org, around=start, service=wish.service, practitioner=wish.practitioner)
        if not nearest:
            return _nothing_free(context, day, day, wish)
        return _offer(context, nearest, f"That time has just gone. The nearest is {say_slots(nearest, org.zone)}.")
    said = say_slot(kept[0], org.zone)
    return _offer(context, kept, f"{said} is kept for two minutes. Take the caller's details and book it.")


def _nothing_free(context: ToolContext, first: date, last: date, wish: _Wish) -> ToolAnswer:
    when = f"on {say_day(first)}" if first == last else f"from {say_day(first)} to {say_day(last)}"
    later = _next_openings(context, after=last, wish=wish)
    invitation = f" {INVITATION}" if can_open_up(context, wish.to_wait_for(first, last)) else ""
    if not later:
        helpless = "" if invitation else " Offer to have the team call back."
        return ToolAnswer(
            speech=f"Nothing is free {when}, and nothing in the weeks after.{invitation}{helpless}",
            content={"success": True, "slots": []},
        )
    openings = say_slots(later, context.org.zone)
    return _offer(context, later, f"Nothing is free {when}. The next openings are {openings}.{invitation}")


def _correction(context: ToolContext, wrong: BadDate, wish: _Wish) -> ToolAnswer:
    """A wrong day comes back with the right ones, so that the caller need not be asked again."""
    later = _next_openings(context, after=today_of(context.org) - timedelta(days=1), wish=wish)
    more = f" The next openings are {say_slots(later, context.org.zone)}." if later else ""
    content = {"success": False, "code": wrong.code, "alternatives": _as_data(context, later)}
    return ToolAnswer(speech=f"{wrong.message}{more}", content=content, succeeded=False)


def _next_openings(context: ToolContext, *, after: date, wish: _Wish) -> list[Slot]:
    first = after + timedelta(days=1)
    return wish.find(context, first, first + timedelta(days=LOOK_AHEAD_DAYS - 1), limit=3)


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
        "any time. Offer only times that it returns. When the caller picks one, call it again with hold. When none "
        "suits and the caller would rather wait, call it again with joinWaitlist."
    ),
    arguments=Arguments,
    handler=check_availability,
)
