"""Outbound calls that nobody takes."""

from sandbox.calls.outcome import Outcome
from sandbox.scenarios.base import Scenario, Stage


async def play_no_answer(stage: Stage) -> Outcome:
    """Ring until Vapi gives up."""
    return await _ring_in_vain(stage, "customer-did-not-answer")


async def play_busy(stage: Stage) -> Outcome:
    """Find the line engaged."""
    return await _ring_in_vain(stage, "customer-busy")


async def _ring_in_vain(stage: Stage, reason: str) -> Outcome:
    await stage.conversation.ring()
    await stage.conversation.hang_up(reason)
    return Outcome(summary="", reason="", successful=False)


NO_ANSWER = Scenario(
    "no_answer", "Nobody answers", "The phone rings and nobody takes it.", play_no_answer, listed=False
)
BUSY = Scenario("busy", "Line engaged", "The line is engaged.", play_busy, listed=False)
