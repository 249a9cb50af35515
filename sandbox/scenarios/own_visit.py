"""Somebody with an appointment calls: to hear when it is, or to move it. They say who they are, as they are asked."""

from sandbox.calls.outcome import Outcome
from sandbox.calls.tool_answer import ToolAnswer
from sandbox.json_types import JsonObject
from sandbox.scenarios.base import Scenario, Stage, next_working_day, spoken_day, working_day_from

DAYS_TRIED = 8
MOVES_TRIED = 3
FIRST_DAY_AHEAD = 2

OPENINGS = (
    "Hi, it's me again. I have an appointment with you soon. When was that exactly?",
    "Hello, I've lost my note. Could you tell me when my appointment is?",
)
STRANGER_OPENINGS = (
    "Hi, I'm booked in with you. When was that exactly?",
    "Hello, I have an appointment soon. Could you tell me when it is?",
)
MOVE_OPENINGS = (
    "Hi, I have an appointment with you but something has come up. Can I move it?",
    "Hello, I'm afraid I can't make my appointment. Could we find another time?",
)
NAMES = ("It's {name}, and I'm calling from my own phone.", "My name is {name}, the number is {number}.")
THANKS = ("Lovely, that's all I needed. Bye.", "Great, thank you. See you then.")


async def play_returning(stage: Stage) -> Outcome:
    """Be greeted, ask when the appointment is, ring off."""
    talk = stage.conversation
    await talk.ring()
    await talk.pick_up()
    was_known = talk.was_named()
    await talk.caller_says(stage.choose(OPENINGS if was_known else STRANGER_OPENINGS))
    known = await talk.use_tool("lookupCaller", searchKey=talk.caller.number, searchType="phone")
    await talk.assistant_says(
        "Of course. May I have your full name?" if known.content else "Of course. Who is calling, please?"
    )
    found = await _say_who(stage)
    greeted = ", was greeted by name" if was_known else ""
    if not _is_found(found):
        return await _not_found(stage, wish="asked when their appointment is")
    await talk.caller_says(stage.choose(THANKS))
    await talk.hang_up("customer-ended-call")
    return Outcome(
        summary=f"{talk.caller.name} called{greeted} and asked when their appointment is.",
        reason="When is my appointment",
        sentiment="positive",
        sentiment_score=0.8,
    )


async def play_reschedule(stage: Stage) -> Outcome:
    """Say who it is, choose another time, have the appointment moved."""
    talk = stage.conversation
    await talk.ring()
    await talk.pick_up()
    await talk.caller_says(stage.choose(MOVE_OPENINGS))
    await talk.assistant_says("Of course. May I have your full name?")
    found = await _say_who(stage)
    if not _is_found(found):
        return await _not_found(stage, wish="wanted to move their appointment")
    slot = await _other_time(stage)
    moved = await _move(stage, str(found.content.get("reference") or ""), slot) if slot else None
    if moved is None or not moved.succeeded:
        return await _stays(stage)
    await talk.caller_says(stage.choose(THANKS))
    await talk.hang_up("customer-ended-call")
    return Outcome(
        summary=f"{talk.caller.name} moved their appointment to another time.",
        reason="Move an appointment",
        sentiment="positive",
        sentiment_score=0.82,
    )


async def _say_who(stage: Stage) -> ToolAnswer:
    """Give the name, as the second fact beside the calling number; of several appointments the first is meant."""
    talk = stage.conversation
    await talk.caller_says(stage.choose(NAMES).format(name=talk.caller.name, number=talk.caller.spoken_number))
    answer = await talk.use_tool("rescheduleAppointment", name=talk.caller.name)
    await talk.assistant_says(answer.spoken)
    if several := answer.entries("appointments"):
        await talk.caller_says("The first one, please.")
        answer = await talk.use_tool(
            "rescheduleAppointment", name=talk.caller.name, reference=several[0].get("reference")
        )
        await talk.assistant_says(answer.spoken)
    return answer


def _is_found(answer: ToolAnswer) -> bool:
    return answer.succeeded


async def _other_time(stage: Stage) -> JsonObject | None:
    """Ask for one day after another until something is free."""
    talk = stage.conversation
    day = working_day_from(FIRST_DAY_AHEAD)
    for _ in range(DAYS_TRIED):
        await talk.caller_says(f"Would {spoken_day(day)} work?")
        answer = await talk.use_tool("checkAvailability", date=day.isoformat())
        await talk.assistant_says(answer.spoken)
        if slots := answer.entries("slots"):
            return stage.rng.choice(slots)
        if not answer.content:
            return None
        day = next_working_day(day)
    return None


async def _move(stage: Stage, reference: str, slot: JsonObject) -> ToolAnswer:
    """Have it moved; when somebody was faster, to one of the alternatives. The last answer counts."""
    talk = stage.conversation
    for attempt in range(MOVES_TRIED):
        await talk.caller_says(f"{slot.get('spoken') or slot.get('start')} would be perfect.")
        answer = await talk.use_tool(
            "rescheduleAppointment",
            name=talk.caller.name,
            reference=reference or None,
            newStart=slot.get("start"),
        )
        await talk.assistant_says(answer.spoken)
        alternatives = answer.entries("alternatives")
        if answer.succeeded or not alternatives or attempt == MOVES_TRIED - 1:
            break
        slot = stage.rng.choice(alternatives)
    return answer


async def _not_found(stage: Stage, *, wish: str) -> Outcome:
    talk = stage.conversation
    await talk.caller_says("Never mind, then I'll look for my letter and call back.")
    await talk.assistant_says("I'm sorry I couldn't find it. Goodbye.")
    await talk.hang_up("customer-ended-call")
    return Outcome(
        summary=f"{talk.caller.name} {wish}, but no appointment was found for them.",
        reason="Own appointment",
        sentiment="neutral",
        sentiment_score=0.45,
        urgency="medium",
        successful=False,
    )


async def _stays(stage: Stage) -> Outcome:
    talk = stage.conversation
    await talk.caller_says("Then let's leave it as it is. Thanks anyway.")
    await talk.assistant_says("Of course. We'll see you then. Goodbye.")
    await talk.hang_up("customer-ended-call")
    return Outcome(
        summary=f"{talk.caller.name} wanted to move their appointment, but it stays where it is.",
        reason="Move an appointment",
        sentiment="neutral",
        sentiment_score=0.5,
        urgency="medium",
        successful=False,
    )


RETURNING = Scenario(
    key="returning_caller",
    title="Returning caller",
    description="A patient who is known is greeted by name and asks when their appointment is.",
    play=play_returning,
    caller_has_visit=True,
)
RESCHEDULE = Scenario(
    key="reschedule",
    title="Move an appointment",
    description="A patient shows who they are by two facts and moves their appointment.",
    play=play_reschedule,
    caller_has_visit=True,
)
