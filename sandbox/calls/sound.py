"""What a call sounded like: tones in the rhythm of speech, each voice at its place in time, without anybody's words."""

import io
import math
import random
import wave
from array import array
from collections.abc import Iterable
from functools import cache

from sandbox.json_types import JsonObject

RATE_HZ = 8000
SYLLABLE_S = 0.19
TAIL_S = 1.0
_PITCH_HZ = {"bot": 196.0, "user": 131.0}
_CHANNEL = {"user": 0, "bot": 1}
_MELODY = (1.0, 1.12, 0.94, 1.25, 0.89, 1.06)


def recording_of(messages: Iterable[JsonObject], *, channels: int) -> bytes:
    """Return a WAV file of a call: one channel with both voices, or the customer left and the assistant right."""
    spoken = [item for item in messages if item.get("role") in _PITCH_HZ]
    length = max((_start(item) + _seconds(item) for item in spoken), default=0.0) + TAIL_S
    sound = array("h", bytes(2 * channels * int(length * RATE_HZ)))
    for item in spoken:
        role = str(item["role"])
        speech = _speak(role, str(item.get("message", "")), _seconds(item))
        begin = int(_start(item) * RATE_HZ) * channels + (_CHANNEL[role] if channels > 1 else 0)
        end = min(begin + len(speech) * channels, len(sound))
        sound[begin:end:channels] = speech[: len(range(begin, end, channels))]
    return _as_wav(sound, channels)


def _as_wav(sound: "array[int]", channels: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as audio:
        audio.setnchannels(channels)
        audio.setsampwidth(2)
        audio.setframerate(RATE_HZ)
        audio.writeframes(sound.tobytes())
    return buffer.getvalue()


def _speak(role: str, words: str, seconds: float) -> "array[int]":
    """Return so many seconds of syllables, always the same for the same words."""
    rng, speech = random.Random(words), array("h")
    while len(speech) < seconds * RATE_HZ:
        speech += _syllable(role, rng.randrange(len(_MELODY)))
    return speech[: int(seconds * RATE_HZ)]


@cache
def _syllable(role: str, step: int) -> "array[int]":
    """Return one syllable: a tone with two overtones that swells and fades, and a breath after it."""
    pitch, voiced = _PITCH_HZ[role] * _MELODY[step], int(SYLLABLE_S * 0.8 * RATE_HZ)
    tones = array("h")
    for sample in range(voiced):
        turn = 2 * math.pi * pitch * sample / RATE_HZ
        tone = math.sin(turn) + 0.5 * math.sin(2 * turn) + 0.25 * math.sin(3 * turn)
        tones.append(int(5000 * tone * math.sin(math.pi * sample / voiced)))
    return tones + array("h", bytes(2 * (int(SYLLABLE_S * RATE_HZ) - voiced)))


def _start(item: JsonObject) -> float:
    return max(0.0, float(item.get("secondsFromStart") or 0))


def _seconds(item: JsonObject) -> float:
    return float(item.get("duration") or 0) / 1000
