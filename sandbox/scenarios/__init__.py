"""The kinds of call that can be placed: one module each, registered here."""

from sandbox.scenarios import (
    ask_price,
    book_appointment,
    caller_hangs_up,
    duplicate_webhooks,
    not_connected,
    out_of_order_webhooks,
)
from sandbox.scenarios.base import Scenario

SCENARIOS: dict[str, Scenario] = {
    scenario.key: scenario
    for scenario in (
        book_appointment.SCENARIO,
        ask_price.SCENARIO,
        caller_hangs_up.SCENARIO,
        duplicate_webhooks.SCENARIO,
        out_of_order_webhooks.SCENARIO,
        not_connected.NO_ANSWER,
        not_connected.BUSY,
    )
}


def scenario_for_number(number: str) -> Scenario:
    """Return how somebody with this number takes an outbound call: the last four digits decide."""
    by_ending = {"0000": not_connected.NO_ANSWER, "0002": not_connected.BUSY}
    return by_ending.get(number[-4:], book_appointment.SCENARIO)
