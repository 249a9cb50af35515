"""A caller who puts the phone down as soon as the assistant has greeted."""

from sandbox.calls.outcome import Outcome
from sandbox.scenarios.base import Scenario, Stage


async def play(stage: Stage) -> Outcome:
    """Ring, hear the greeting, leave."""
    talk = stage.conversation
    await talk.ring()
    await talk.pick_up()
    await talk.line.wait(stage.rng.uniform(0.5, 2.0))
    await talk.hang_up("customer-ended-call")
    return Outcome(
        summary="The caller hung up after the greeting without saying anything.",
        reason="Unknown",
        successful=False,
    )


SCENARIO = Scenario(
    key="caller_hangs_up",
    title="Caller hangs up",
    description="The caller puts the phone down after the greeting.",
    play=play,
)
