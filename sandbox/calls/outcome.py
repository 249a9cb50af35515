"""What a call came to, and what Vapi's structured outputs would say about it."""

from dataclasses import dataclass

from sandbox.json_types import JsonObject, JsonValue
from sandbox.resources import Resources


@dataclass(frozen=True)
class Outcome:
    """A scenario's own verdict on the call it played. `sentiment_score` is from 0 (bad) to 1 (good)."""

    summary: str
    reason: str
    sentiment: str = "neutral"
    sentiment_score: float = 0.5
    urgency: str = "low"
    booking_intent: bool = False
    successful: bool = True

    def value_of(self, output_name: str) -> JsonValue:
        """Return the result of a structured output by its name; None when the sandbox does not know the name."""
        return {
            "call_sentiment": self.sentiment,
            "call_sentiment_score": self.sentiment_score,
            "call_summary": self.summary,
            "call_urgency": self.urgency,
            "booking_intent": self.booking_intent,
            "call_reason": self.reason,
        }.get(output_name)


NOTHING = Outcome(summary="", reason="", successful=False)
"""What a call came to in which nobody spoke."""


def structured_outputs(outcome: Outcome, ids: list[str], resources: Resources) -> tuple[JsonObject, JsonObject]:
    """Return the results by output id, and the outputs that were skipped."""
    results: JsonObject = {}
    skipped: JsonObject = {}
    for identity in ids:
        output = resources.find("structured-output", identity)
        name = str((output or {}).get("name", ""))
        value = outcome.value_of(name)
        target = skipped if value is None else results
        target[identity] = {"name": name, "result": value}
    return results, skipped
