"""An upset caller who wants to talk to a person, now."""

from sandbox.calls.outcome import Outcome
from sandbox.calls.transfers import by_tool
from sandbox.scenarios.base import Scenario, Stage

COMPLAINTS = (
    "I've had enough of machines. Put me through to a real person, please.",
    "This is about my last treatment and I'm not happy. I want to speak to somebody.",
    "No, I won't talk to a computer. Get me a human.",
)
RESIGNED = ("Fine. Then I'll come by myself.", "That's no use to me. Goodbye.")


async def play(stage: Stage) -> Outcome:
    """Insist on a person; be put through, or leave angry."""
    talk = stage.conversation
    await talk.ring()
    await talk.pick_up()
    complaint = stage.choose(COMPLAINTS)
    await talk.caller_says(complaint)
    reached = await by_tool(talk, why=f'{talk.caller.name} wants a person. "{complaint}"')
    if not reached:
        await talk.assistant_says("I'm sorry, I can't put you through just now. May I have somebody call you back?")
        await talk.caller_says(stage.choose(RESIGNED))
        await talk.hang_up("customer-ended-call")
    became = "and was put through" if reached else "but could not be put through"
    return Outcome(
        summary=f"{talk.caller.name} was upset and wanted to speak to a person, {became}.",
        reason="Wants to speak to a person",
        sentiment="negative",
        sentiment_score=0.15,
        urgency="high",
        successful=reached,
    )


SCENARIO = Scenario(
    key="wants_human",
    title="Wants a human",
    description="An upset caller asks for a person and is put through where the assistant can do that.",
    play=play,
)
