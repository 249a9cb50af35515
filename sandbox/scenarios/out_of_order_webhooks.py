"""A booking whose report arrives before anything else and whose other events arrive shuffled."""

from sandbox.calls.courier import DeliveryStyle
from sandbox.scenarios.base import Scenario
from sandbox.scenarios.book_appointment import play

SCENARIO = Scenario(
    key="out_of_order_webhooks",
    title="Out-of-order webhooks",
    description="Books an appointment; the end-of-call report comes first, then the other events in random order.",
    play=play,
    delivery=DeliveryStyle.SHUFFLED,
)
