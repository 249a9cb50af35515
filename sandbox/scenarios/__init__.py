"""The kinds of call that can be placed: one module each, registered here."""

from sandbox.scenarios import (
    ask_price,
    asks_clinic,
    book_appointment,
    called,
    caller_hangs_up,
    duplicate_webhooks,
    lost_report,
    out_of_order_webhooks,
    own_visit,
    plain_words,
    red_flag,
    stays_silent,
    wants_human,
)
from sandbox.scenarios.base import Scenario

SCENARIOS: dict[str, Scenario] = {
    scenario.key: scenario
    for scenario in (
        book_appointment.SCENARIO,
        plain_words.SCENARIO,
        ask_price.SCENARIO,
        asks_clinic.WRITTEN,
        asks_clinic.UNWRITTEN,
        own_visit.RETURNING,
        own_visit.RESCHEDULE,
        wants_human.SCENARIO,
        red_flag.SCENARIO,
        caller_hangs_up.SCENARIO,
        called.VOICEMAIL,
        stays_silent.SCENARIO,
        duplicate_webhooks.SCENARIO,
        out_of_order_webhooks.SCENARIO,
        lost_report.SCENARIO,
        called.TALKS,
        called.NO_ANSWER,
        called.BUSY,
    )
}


BY_ENDING = {"0000": called.NO_ANSWER, "0002": called.BUSY, "0003": called.VOICEMAIL}


def scenario_for_number(number: str) -> Scenario:
    """Return how somebody with this number takes an outbound call: the last four digits decide."""
    return BY_ENDING.get(number[-4:], called.TALKS)
