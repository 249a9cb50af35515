"""A booking whose every webhook and tool call is delivered twice, as happens when an answer gets lost."""

from sandbox.calls.courier import DeliveryStyle
from sandbox.scenarios.base import Scenario
from sandbox.scenarios.book_appointment import play

SCENARIO = Scenario(
    key="duplicate_webhooks",
    title="Duplicate webhooks",
    description="Books an appointment; every webhook and every tool call arrives twice.",
    play=play,
    delivery=DeliveryStyle.TWICE,
)
