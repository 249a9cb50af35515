"""What a call costs, item by item, as Vapi lists it in the report. In US dollars."""

from sandbox.calls.record import CallRecord
from sandbox.json_types import JsonObject, as_object

RATES_PER_MINUTE = {"transport": 0.008, "transcriber": 0.01, "model": 0.022, "voice": 0.036, "vapi": 0.05}
ANALYSIS = 0.0012
IN_BREAKDOWN = {"transcriber": "stt", "model": "llm", "voice": "tts"}
CHARACTERS_PER_TOKEN = 4


def costs_of(call: CallRecord) -> list[JsonObject]:
    """Return the items of a connected call."""
    minutes = round(call.duration_ms / 60_000, 4)
    cost = {kind: round(rate * minutes, 4) for kind, rate in RATES_PER_MINUTE.items()}
    model, voice, transcriber = (_named(call, part) for part in ("model", "voice", "transcriber"))
    heard, said = (_characters(call, role) for role in ("user", "bot"))
    tokens = {"promptTokens": heard // CHARACTERS_PER_TOKEN, "completionTokens": said // CHARACTERS_PER_TOKEN}
    return [
        {"type": "transport", "provider": "twilio", "minutes": minutes, "cost": cost["transport"]},
        {"type": "transcriber", "transcriber": transcriber, "minutes": minutes, "cost": cost["transcriber"]},
        {"type": "model", "model": model, **tokens, "cost": cost["model"]},
        {"type": "voice", "voice": voice, "characters": said, "cost": cost["voice"]},
        {"type": "vapi", "subType": "normal", "minutes": minutes, "cost": cost["vapi"]},
        {"type": "analysis", "analysisType": "structuredOutput", "model": model, **tokens, "cost": ANALYSIS},
    ]


def total_of(costs: list[JsonObject]) -> float:
    """Return the sum."""
    return round(sum(float(item["cost"]) for item in costs), 4)


def breakdown_of(costs: list[JsonObject]) -> JsonObject:
    """Return the older summary of the same items."""
    talking = [item for item in costs if item["type"] != "analysis"]
    parts = {IN_BREAKDOWN.get(str(item["type"]), str(item["type"])): item["cost"] for item in talking}
    return {**parts, "analysisCostBreakdown": {"structuredOutput": ANALYSIS}, "total": total_of(costs)}


def _named(call: CallRecord, part: str) -> JsonObject:
    """Return which model, voice or transcriber it was."""
    chosen = as_object(call.assistant.get(part))
    return {name: chosen[name] for name in ("provider", "model", "voiceId") if chosen.get(name)}


def _characters(call: CallRecord, role: str) -> int:
    return sum(len(item["message"]) for item in call.messages if item["role"] == role)
