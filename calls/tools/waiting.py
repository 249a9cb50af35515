"""Putting a caller who found nothing on the waiting list; part of `checkAvailability`, which knows the wish."""

from dataclasses import dataclass
from datetime import date

from calls.tools.types import ToolAnswer, ToolContext
from contacts.models import Service
from contacts.phones import find_caller_number, find_e164
from contacts.services import clean_name
from orgs.actors import Actor
from scheduling.diary_reader import read_diary
from scheduling.models import Practitioner, WantedPart
from scheduling.speech import say_day
from scheduling.types import PartOfDay
from scheduling.waitlist.errors import NoMobile
from scheduling.waitlist.joining import Waiting, join_waitlist
from scheduling.waitlist.reach import can_be_texted, takes_texts

INVITATION = "I can also put you on the waiting list and text you if something opens up."


@dataclass(frozen=True)
class WaitFor:
    """What the caller would wait for: days, both included, and who and what."""

    service: Service | None
    practitioner: Practitioner | None
    first_day: date
    last_day: date
    part_of_day: PartOfDay | None

    def say_days(self) -> str:
        if self.first_day == self.last_day:
            return say_day(self.first_day)
        return f"{say_day(self.first_day)} to {say_day(self.last_day)}"


def can_open_up(context: ToolContext, wish: WaitFor) -> bool:
    """Whether the clinic takes such visits then at all, so that one could become free."""
    diary = read_diary(
        org=context.org,
        service=wish.service,
        first_day=wish.first_day,
        last_day=wish.last_day,
        practitioner=wish.practitioner,
    )
    return diary.has_visits(wish.first_day, wish.last_day, part_of_day=wish.part_of_day)


def join(context: ToolContext, wish: WaitFor, *, name: str, phone: str) -> ToolAnswer:
    """Put the caller on the list, once we know whom to text. Asked again for the same, they stand there once."""
    org = context.org
    if not can_open_up(context, wish):
        return _ask("nothing_can_open", f"We take no such visits on {wish.say_days()}. Ask for another day.")
    if not clean_name(name):
        return _ask("name_missing", "Ask for the caller's full name, then call this again with it.")
    number = find_e164(phone, country=org.country) if phone.strip() else find_caller_number(context.caller_number)
    if not number:
        return _ask("phone_missing", "Ask which mobile number we may text, then call this again with it.")
    if not takes_texts(number):
        return _ask(NoMobile.code, NoMobile.message)
    waiting = Waiting(
        patient_name=name,
        phone=number,
        first_day=wish.first_day,
        last_day=wish.last_day,
        part_of_day=WantedPart(wish.part_of_day.value) if wish.part_of_day else WantedPart.ANY,
        service=wish.service,
        practitioner=wish.practitioner,
        call_id=context.call.pk if context.call else None,
    )
    entry = join_waitlist(org=org, waiting=waiting, actor=Actor.vapi(org.pk))
    promise = "we will text you" if can_be_texted(org, entry.contact) else "the team will ring you"
    what = f" for {entry.service.name}" if entry.service else ""
    return ToolAnswer(
        speech=f"You are on the waiting list{what} on {wish.say_days()}. If something opens up, {promise}.",
        content={
            "success": True,
            "waitlistEntryId": str(entry.pk),
            "firstDay": entry.first_day.isoformat(),
            "lastDay": entry.last_day.isoformat(),
        },
    )


def _ask(code: str, sentence: str) -> ToolAnswer:
    return ToolAnswer(speech=sentence, content={"success": False, "code": code}, succeeded=False)
