"""A question about a price whose end-of-call report never arrives: only GET /call tells how it ended."""

from sandbox.calls.courier import DeliveryStyle
from sandbox.scenarios.ask_price import play
from sandbox.scenarios.base import Scenario

SCENARIO = Scenario(
    key="lost_report",
    title="Lost report",
    description="Asks for a price; the report of the call gets lost and must be asked for.",
    play=play,
    delivery=DeliveryStyle.WITHOUT_REPORT,
    listed=False,
)
