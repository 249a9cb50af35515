"""People who want to know something about the clinic: it is written down, or it is not."""

from sandbox.calls.outcome import Outcome
from sandbox.calls.tool_answer import ToolAnswer
from sandbox.scenarios.base import Scenario, Stage

# What the caller says, and what the assistant looks up for it.
AFTERCARE = (
    ("Hi, I had Botox yesterday. When may I go back to the gym?", "exercise after Botox"),
    ("Hello, how long do I have to wait with sports after Botox?", "how long to wait with exercise after Botox"),
    ("Hi there, can I exercise again after my Botox?", "exercise after Botox treatment"),
)
DOGS = (
    ("Hi, may I bring my dog along to the clinic?", "Are dogs allowed in the clinic?"),
    ("Hello, are dogs allowed at your place?", "Are dogs allowed?"),
    ("Hi there, I'd have my dog with me. Is that all right?", "Can I bring my dog?"),
)
THANKS = ("That's all I wanted to know. Thank you!", "Good to know, thanks a lot.", "Lovely, thank you. Bye.")
RESIGNED = ("Okay, then I'll wait to hear from you.", "All right. Somebody can call me back.", "Fine, thanks anyway.")
NOT_WRITTEN = "I don't have anything on that, I'm afraid. I'll have the team call you back about it."
MOST_SPOKEN = 240


async def play_written(stage: Stage) -> Outcome:
    """Ask about aftercare."""
    return await _ask(stage, *stage.rng.choice(AFTERCARE), about="sports after Botox")


async def play_unwritten(stage: Stage) -> Outcome:
    """Ask about dogs."""
    return await _ask(stage, *stage.rng.choice(DOGS), about="bringing a dog")


async def _ask(stage: Stage, said: str, query: str, *, about: str) -> Outcome:
    """Ring, ask one thing, leave with an answer or with a promise."""
    talk = stage.conversation
    await talk.ring()
    await talk.pick_up()
    await talk.caller_says(said)
    answer = await talk.use_tool("getKnowledgeBase", query=query)
    is_found = answer.content.get("found") is True
    await talk.assistant_says(_aloud(answer) if is_found else NOT_WRITTEN)
    await talk.caller_says(stage.choose(THANKS if is_found else RESIGNED))
    await talk.assistant_says("My pleasure. Goodbye." if is_found else "You will hear from us. Goodbye.")
    await talk.hang_up("customer-ended-call")
    heard = "was told what is written about it" if is_found else "could not be told"
    return Outcome(
        summary=f"{talk.caller.name} asked about {about} and {heard}.",
        reason=f"Question about {about}",
        sentiment="positive" if is_found else "neutral",
        sentiment_score=0.74 if is_found else 0.48,
        successful=is_found,
    )


def _aloud(answer: ToolAnswer) -> str:
    """The beginning of what was found, to the end of a sentence, on one line: nobody reads a page to a caller."""
    found = " ".join(str(answer.content.get("context") or answer.spoken).split())
    if len(found) <= MOST_SPOKEN:
        return found
    end = max(found.rfind(mark, 0, MOST_SPOKEN) for mark in (". ", "? ", "! "))
    return found[: end + 1] if end > 0 else found[: found.rfind(" ", 0, MOST_SPOKEN)]


WRITTEN = Scenario(
    key="ask_aftercare",
    title="Ask what is written down",
    description="Somebody asks about sports after Botox, which your knowledge base should know.",
    play=play_written,
)
UNWRITTEN = Scenario(
    key="ask_unknown",
    title="Ask something unknown",
    description="Somebody asks whether dogs are allowed. Not written down, it appears under Unanswered questions.",
    play=play_unwritten,
)
