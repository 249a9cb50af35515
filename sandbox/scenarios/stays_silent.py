"""A caller who says nothing: the call lasts until Vapi gives up, or until somebody takes part in it from outside."""

from sandbox.calls.outcome import Outcome
from sandbox.scenarios.base import Scenario, Stage


async def play(stage: Stage) -> Outcome:
    """Ring, hear the greeting, keep quiet for half a minute by the wall clock."""
    talk = stage.conversation
    await talk.ring()
    await talk.pick_up()
    await talk.fall_silent()
    return Outcome(summary="Nobody spoke on the other side.", reason="Silence", successful=False)


SCENARIO = Scenario(
    key="stays_silent",
    title="Stays silent",
    description="Says nothing for half a minute, also when played fast: time to try the call's control address.",
    play=play,
)
