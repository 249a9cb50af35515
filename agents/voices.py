"""Voices: those that the picker offers, and which others Vapi takes."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """One voice that the picker offers.

    Attributes:
        sample_id: the same voice's id at ElevenLabs, for a sample.
    """

    provider: str
    voice_id: str
    name: str
    description: str
    sample_id: str


VOICES: tuple[Voice, ...] = (
    Voice("11labs", "sarah", "Sarah", "Warm and clear, British", "EXAVITQu4vr4xnSDxMaL"),
    Voice("11labs", "JBFqnCBsd6RMkjVDRZzb", "George", "Calm and deep, British", "JBFqnCBsd6RMkjVDRZzb"),
    Voice("11labs", "onwK4e9ZLuTAKqWW03F9", "Daniel", "Measured, British", "onwK4e9ZLuTAKqWW03F9"),
    Voice("11labs", "21m00Tcm4TlvDq8ikWAM", "Rachel", "Bright, American", "21m00Tcm4TlvDq8ikWAM"),
)

# What an id looks like at each provider that Vapi speaks with. Vapi itself says whether a voice exists.
PROVIDERS: dict[str, re.Pattern[str]] = {
    "11labs": re.compile(r"[A-Za-z0-9]{20}|[a-z]{2,20}"),
    "azure": re.compile(r"[a-z]{2,3}-[A-Z]{2}-[A-Za-z]{2,40}|[a-z]{2,20}"),
    "cartesia": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "deepgram": re.compile(r"[a-z]{2,20}(-\d)?(-[a-z]{2,20}(-[a-z]{2})?)?"),
    "openai": re.compile(r"[a-z]{2,20}"),
    "vapi": re.compile(r"[A-Z][A-Za-z]{1,19}"),
}


def find_voice(provider: str, voice_id: str) -> Voice | None:
    """The offered voice of that id, or None for one that a clinic typed in."""
    return next((voice for voice in VOICES if (voice.provider, voice.voice_id) == (provider, voice_id)), None)
