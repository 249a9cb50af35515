"""What Vapi draws from each finished call; Vapi itself sends no sentiment. Read by `calls`, by these names."""

from typing import Any

STRUCTURED_OUTPUTS: dict[str, dict[str, Any]] = {
    "call_sentiment": {
        "type": "string",
        "enum": ["positive", "neutral", "negative"],
        "description": "How the caller felt at the end of the call, judged by the caller's own words only.",
    },
    "call_sentiment_score": {
        "type": "number",
        "description": "How satisfied the caller was, from 0 to 1: 0 is very unhappy, 0.5 neutral, 1 very happy.",
    },
    "call_summary": {
        "type": "string",
        "description": "Two or three plain sentences for the clinic's staff: what the caller wanted, what was agreed, "
        "what is left to do. No card numbers, no identity numbers.",
    },
    "call_urgency": {
        "type": "string",
        "enum": ["low", "medium", "high"],
        "description": "high: pain, bleeding, distress or an emergency; medium: needs an answer today; low: the rest.",
    },
    "booking_intent": {
        "type": "boolean",
        "description": "True when the caller wanted to make, move or ask for an appointment, booked or not.",
    },
    "call_reason": {
        "type": "string",
        "description": "Why the caller rang, in at most eight words.",
    },
}


def definition_of(name: str) -> dict[str, Any]:
    """The body that registers one of them."""
    schema = STRUCTURED_OUTPUTS[name]
    return {"name": name, "type": "ai", "description": schema["description"], "schema": schema}
