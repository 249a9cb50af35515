"""A new patient looks for a time that suits them and books it."""

from datetime import date

from sandbox.calls.outcome import Outcome
from sandbox.calls.tool_answer import ToolAnswer
from sandbox.json_types import JsonObject
from sandbox.scenarios.base import Scenario, Stage, coming_weekday, next_working_day, spoken_day

SERVICES = ("Botox", "Fillers", "Consultation")
SAID = {"Fillers": "fillers", "Consultation": "a consultation"}
PARTS_OF_DAY = ("morning", "afternoon", None)
DAYS_TRIED = 5
BOOKING_ATTEMPTS = 3

OPENINGS = (
    "Hi there, I'd like to book an appointment for {service}, please.",
    "Hello, I was hoping to come in for {service} some time soon.",
    "Hi, it's my first time calling. Could I make an appointment for {service}?",
)
DAY_WISHES = (
    "Would {day} work{part}?",
    "{day} would be ideal{part}, if you have anything.",
    "Do you have anything on {day}{part}?",
)
OTHER_DAYS = ("Ah, that's a pity. What about {day}?", "Okay. Could we try {day} instead?", "And on {day}?")
CHOICES = ("{slot} sounds perfect.", "I'll take {slot}, please.", "{slot} suits me well.")
ALTERNATIVES = ("Oh, never mind. {slot} is fine too.", "No problem, then {slot}, please.")
NAMES = (
    "It's {name}, and my number is {number}.",
    "My name is {name}. You can reach me on {number}.",
    "{name}. And the number is {number}.",
)
THANKS = ("No, that's everything. Thank you!", "That's all, thanks so much.", "Lovely, thank you. Bye for now.")
FAREWELLS = (
    "You're welcome, {first_name}. We look forward to seeing you. Goodbye.",
    "Thank you for calling, {first_name}. See you soon. Goodbye.",
)


async def play(stage: Stage) -> Outcome:
    """Ring, ask for a service, then arrange a time."""
    talk = stage.conversation
    service = stage.wishes.service or stage.choose(SERVICES)
    await talk.ring()
    await talk.pick_up()
    await talk.caller_says(stage.choose(OPENINGS).format(service=said(service)))
    return await arrange(stage, service)


async def arrange(stage: Stage, service: str) -> Outcome:
    """Find a time together and book it; the service has been named already."""
    talk = stage.conversation
    await talk.assistant_says("Of course, I'd be glad to help with that. Which day would suit you?")
    slot = await _find_slot(stage, service)
    return await leave_without(stage, service) if slot is None else await settle(stage, service, slot)


async def settle(stage: Stage, service: str, slot: JsonObject) -> Outcome:
    """Take a time that was offered: give a name and a number, and book it."""
    talk = stage.conversation
    await talk.caller_says(_sentence(stage.choose(CHOICES).format(slot=_spoken(slot))))
    await talk.assistant_says("Certainly. May I take your name and a phone number for the booking?")
    await talk.caller_says(stage.choose(NAMES).format(name=talk.caller.name, number=talk.caller.spoken_number))
    booked = await _book(stage, service, slot)
    if not booked.succeeded:
        return await leave_without(stage, service)
    return await _say_goodbye(stage, service)


async def _find_slot(stage: Stage, service: str) -> JsonObject | None:
    """Ask for one day after another until there is a slot; None when there is none or no diary to ask."""
    talk = stage.conversation
    day = date.fromisoformat(stage.wishes.date) if stage.wishes.date else coming_weekday(stage.rng)
    part = stage.rng.choice(PARTS_OF_DAY)
    asked = stage.choose(DAY_WISHES).format(day=spoken_day(day), part=f", in the {part}" if part else "")
    for _ in range(DAYS_TRIED):
        await talk.caller_says(asked)
        answer = await talk.use_tool("checkAvailability", date=day.isoformat(), service=service, timePreference=part)
        await talk.assistant_says(answer.spoken)
        if slots := answer.entries("slots"):
            return stage.rng.choice(slots)
        if not answer.content:
            return None
        day, part = next_working_day(day), None
        asked = stage.choose(OTHER_DAYS).format(day=spoken_day(day))
    return None


async def _book(stage: Stage, service: str, slot: JsonObject) -> ToolAnswer:
    """Book the slot; when somebody was faster take an alternative. The answer that counts is the last."""
    talk = stage.conversation
    for attempt in range(BOOKING_ATTEMPTS):
        answer = await talk.use_tool(
            "bookClinicAppointment",
            start=slot.get("start"),
            service=service,
            name=talk.caller.name,
            phone=talk.caller.number,
        )
        await talk.assistant_says(answer.spoken)
        alternatives = answer.entries("alternatives")
        if answer.succeeded or not alternatives or attempt == BOOKING_ATTEMPTS - 1:
            break
        slot = stage.rng.choice(alternatives)
        await talk.caller_says(_sentence(stage.choose(ALTERNATIVES).format(slot=_spoken(slot))))
    return answer


async def _say_goodbye(stage: Stage, service: str) -> Outcome:
    talk = stage.conversation
    await talk.caller_says(stage.choose(THANKS))
    await talk.assistant_says(stage.choose(FAREWELLS).format(first_name=talk.caller.first_name))
    await talk.hang_up("assistant-ended-call")
    return Outcome(
        summary=f"{talk.caller.name} {_met(stage)} to book {said(service)} and was given an appointment.",
        reason=f"Book {said(service)}",
        sentiment="positive",
        sentiment_score=round(stage.rng.uniform(0.78, 0.95), 2),
        booking_intent=True,
    )


async def leave_without(stage: Stage, service: str) -> Outcome:
    """End the call without an appointment."""
    talk = stage.conversation
    await talk.caller_says("All right, I'll call back another time. Thanks anyway.")
    await talk.assistant_says("I'm sorry I couldn't do more today. Goodbye.")
    await talk.hang_up("customer-ended-call")
    return Outcome(
        summary=f"{talk.caller.name} wanted to book {said(service)} but no appointment could be made.",
        reason=f"Book {said(service)}",
        sentiment="negative",
        sentiment_score=0.35,
        urgency="medium",
        booking_intent=True,
        successful=False,
    )


def _met(stage: Stage) -> str:
    return "was called" if stage.conversation.call.outbound else "called"


def _sentence(text: str) -> str:
    """Begin with a capital letter, also after a full stop."""
    return ". ".join(part[:1].upper() + part[1:] for part in text.split(". "))


def said(service: str) -> str:
    """Name a service in the middle of a sentence."""
    return SAID.get(service, service)


def _spoken(slot: JsonObject) -> str:
    return str(slot.get("spoken") or slot.get("start"))


SCENARIO = Scenario(
    key="book_appointment",
    title="Book an appointment",
    description="A new patient asks for a day, chooses one of the times offered and books it.",
    play=play,
)
