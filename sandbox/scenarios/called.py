"""People who are called: they talk, are engaged or away, or a machine answers in their place."""

from sandbox.calls.conversation import SILENCE_S, Conversation
from sandbox.calls.outcome import NOTHING, Outcome
from sandbox.scenarios.base import Scenario, Stage
from sandbox.scenarios.book_appointment import SERVICES, arrange, said

WISHES = (
    "Yes, hello. Thanks for calling back, I was hoping to book {service}.",
    "Oh hi, good that you ring. I'd like an appointment for {service}.",
    "Speaking. Yes, it was about an appointment for {service}.",
)
MACHINES = (
    "Hi, you've reached {name}. I can't take your call right now, please leave a message after the tone.",
    "The person you have called is not available. Please leave your message after the tone.",
)


async def play_talks(stage: Stage) -> Outcome:
    """Take the call, say what it is about, arrange a time."""
    talk = stage.conversation
    service = stage.wishes.service or stage.choose(SERVICES)
    await talk.ring()
    await talk.pick_up()
    await talk.caller_says(stage.choose(WISHES).format(service=said(service)))
    return await arrange(stage, service)


async def play_voicemail(stage: Stage) -> Outcome:
    """Let a machine answer: an assistant that detects this leaves its message, others talk to it until silence."""
    talk = stage.conversation
    await talk.ring()
    await talk.connect()
    await talk.caller_says(stage.choose(MACHINES).format(name=talk.caller.name))
    if not _detects_machines(talk):
        await talk.assistant_says(talk.fixed_line("firstMessage"))
        await talk.line.wait(SILENCE_S)
        await talk.hang_up("silence-timed-out")
        return Outcome(summary="The other side said nothing.", reason="Silence", successful=False)
    if message := talk.fixed_line("voicemailMessage"):
        await talk.assistant_says(message)
    await talk.hang_up("voicemail")
    return Outcome(
        summary=f"The call to {talk.caller.name} was answered by voicemail.", reason="Voicemail", successful=False
    )


async def play_no_answer(stage: Stage) -> Outcome:
    """Ring until Vapi gives up."""
    return await _ring_in_vain(stage, "customer-did-not-answer")


async def play_busy(stage: Stage) -> Outcome:
    """Find the line engaged."""
    return await _ring_in_vain(stage, "customer-busy")


def _detects_machines(talk: Conversation) -> bool:
    """Whether the assistant notices that nobody is there: by default it does not."""
    plan = talk.call.assistant.get("voicemailDetection")
    return isinstance(plan, dict) or any(tool.get("type") == "voicemail" for tool in talk.call.tools)


async def _ring_in_vain(stage: Stage, reason: str) -> Outcome:
    await stage.conversation.ring()
    await stage.conversation.hang_up(reason)
    return NOTHING


TALKS = Scenario("answers", "Answers", "The person called takes the call and books.", play_talks, listed=False)
VOICEMAIL = Scenario(
    "voicemail",
    "Voicemail",
    "A machine is on the line; the assistant leaves its message if it notices.",
    play_voicemail,
)
NO_ANSWER = Scenario(
    "no_answer", "Nobody answers", "The phone rings and nobody takes it.", play_no_answer, listed=False
)
BUSY = Scenario("busy", "Line engaged", "The line is engaged.", play_busy, listed=False)
