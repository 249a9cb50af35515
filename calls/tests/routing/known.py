"""Facts as they are read when a telephone rings, for tests without a database."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from calls.routing.facts import AnsweringAgent, Caller, CallFacts, Opening, PastCall, Visit

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
NINE_TO_FIVE = {weekday: [(9 * 60, 17 * 60)] for weekday in range(5)}
AGENT = AnsweringAgent(
    id="a1", assistant_id="vapi-1", mode="full", language="en-GB",
    first_message="Thank you for calling North Clinic. How can I help you today?",
)  # fmt: skip
JOHN = Caller(
    name="John Smith", first_name="John", is_blocked=False, is_remembered=True, number_use="unknown",
    preferences="Prefers mornings",
)  # fmt: skip
LAST_CALL = PastCall(at=datetime(2026, 11, 17, 10, 0, tzinfo=UTC), summary="Asked what Botox costs.")
VISIT = Visit(starts_at=datetime(2026, 11, 24, 10, 0, tzinfo=UTC), service="Botox", status="confirmed")


def known(*, agent: dict[str, Any] | None = None, caller: dict[str, Any] | None = None, **values: Any) -> CallFacts:
    """A call of John Smith's to a clinic that is open nine to five, unless told otherwise."""
    facts = CallFacts(
        clinic="North Clinic",
        zone=LONDON,
        greets_by_name=True,
        remembers_callers=True,
        transfer_number="",
        transfer_sip_uri="",
        agent=replace(AGENT, **(agent or {})),
        caller=replace(JOHN, **(caller or {})),
        opening=Opening(week=NINE_TO_FIVE),
    )
    return replace(facts, **values)
