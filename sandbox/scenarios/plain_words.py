"""Somebody says when they would like to come as people do, and the assistant passes the words on as they are."""

from sandbox.calls.outcome import Outcome
from sandbox.scenarios.base import Scenario, Stage
from sandbox.scenarios.book_appointment import OPENINGS, SERVICES, leave_without, said, settle

WORDS = ("next Tuesday afternoon", "a week on Thursday", "Friday morning", "the day after tomorrow at half two")


async def play(stage: Stage) -> Outcome:
    """Ring, ask in plain words, then book."""
    talk = stage.conversation
    service = stage.wishes.service or stage.choose(SERVICES)
    await talk.ring()
    await talk.pick_up()
    await talk.caller_says(stage.choose(OPENINGS).format(service=said(service)))
    await talk.assistant_says("Of course. When would you like to come?")
    for words in stage.rng.sample(WORDS, len(WORDS)):
        await talk.caller_says(f"Do you have anything {words}?")
        answer = await talk.use_tool("checkAvailability", date=words, service=service)
        await talk.assistant_says(answer.spoken)
        if slots := answer.entries("slots"):
            return await settle(stage, service, stage.rng.choice(slots))
        if not answer.content:
            break
    return await leave_without(stage, service)


SCENARIO = Scenario(
    key="plain_words",
    title="Book in plain words",
    description="A caller asks for a time as people say it, such as “next Tuesday afternoon”, and books it.",
    play=play,
)
