"""Somebody wants to know what Botox costs, and nothing else."""

from sandbox.calls.outcome import Outcome
from sandbox.scenarios.base import Scenario, Stage

QUESTIONS = (
    "Hi, quick question: how much is Botox with you?",
    "Hello, could you tell me what Botox costs, please?",
    "Hi there, I'm comparing prices. What do you charge for Botox?",
)
FOLLOW_UPS = (
    "And does that include a follow-up?",
    "Is there a charge for the consultation as well?",
    "Does it matter how many areas I have done?",
)
THANKS = (
    "That's really helpful, thank you. I'll think it over.",
    "Okay, good to know. I'll call back to book. Thanks!",
    "Thanks, that's all I wanted to know.",
)


async def play(stage: Stage) -> Outcome:
    """Ask the price, ask one thing more, leave content."""
    talk = stage.conversation
    await talk.ring()
    await talk.pick_up()
    await talk.caller_says(stage.choose(QUESTIONS))
    await talk.assistant_says(
        "The price depends on the areas you'd like treated. We agree it with you at the consultation, "
        "before anything is done."
    )
    await talk.caller_says(stage.choose(FOLLOW_UPS))
    await talk.assistant_says(
        "The practitioner goes through all of that with you at the consultation. Would you like me to book one?"
    )
    await talk.caller_says(stage.choose(THANKS))
    await talk.assistant_says("My pleasure. Call us any time. Goodbye.")
    await talk.hang_up("customer-ended-call")
    positive = stage.rng.random() < 0.5
    return Outcome(
        summary=f"{talk.caller.name} asked what Botox costs. They did not book.",
        reason="Price of Botox",
        sentiment="positive" if positive else "neutral",
        sentiment_score=0.72 if positive else 0.55,
    )


SCENARIO = Scenario(
    key="ask_price",
    title="Ask a price",
    description="Somebody asks what Botox costs and rings off content, without booking.",
    play=play,
)
