"""Vectors without a model: texts that share words, word stems or everyday meanings point the same way."""

import hashlib
import math
import re
import struct
from array import array
from collections.abc import Iterator

DIMENSIONS = 1536
SPREAD = 32
HALF = 0x8000
WORDS = re.compile(r"\w+")
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ers", "er", "ed", "es", "s", "y", "e")
SHORTEST_STEM = 3
MEANING = 3.0
STEM = 1.0
PIECE = 0.25

_IDLE = (
    "a about am an and any are as at be been but by can could did do does for from get give had has have how i if in "
    "is it its just may me my no not of on or our please should so some tell than that the their them then there "
    "these they this to us want was we were what when where which who will with would you your"
)
IDLE = frozenset(_IDLE.split())
"""Words that say nothing of what a text is about."""

MEANINGS = {
    word: name
    for name, words in {
        "cost": "price prices cost costs fee fees charge charges much expensive cheap pay payment pounds dollars euros",
        "place": "where located location address find directions street road near station map",
        "arriving": "parking park car drive bus train tram",
        "hours": "open opening hours close closing closed weekend saturday sunday late early times",
        "calling off": "cancel cancels cancellation cancelled miss missed reschedule notice",
        "afterwards": "aftercare after afterwards recovery heal healing swelling sore bleeding",
        "tooth": "tooth teeth dental dentist gum gums filling crown implant",
        "child": "child children kid kids son daughter baby toddler",
        "people": "doctor doctors nurse practitioner team staff therapist physio dentist",
    }.items()
    for word in words.split()
}
"""Which everyday meaning a word carries, where it carries one."""


def embed(text: str, dimensions: int = DIMENSIONS) -> "array[float]":
    """Return the unit vector of a text, the same for the same text; shorter ones are cut and scaled up again.

    Each feature is spread over many places: real vectors have no empty ones, and searches by sign rely on that.
    """
    vector = array("f", bytes(4 * DIMENSIONS))
    for feature, weight in _features(text):
        digest = hashlib.blake2b(feature.encode(), digest_size=2 * SPREAD).digest()
        for (number,) in struct.iter_unpack("<H", digest):
            vector[number % DIMENSIONS] += weight if number >= HALF else -weight
    return _scaled(vector[:dimensions])


def _features(text: str) -> Iterator[tuple[str, float]]:
    words = WORDS.findall(text.lower())
    telling = {word for word in words if word not in IDLE} or set(words) or {text}
    for word in sorted(telling):
        yield f"stem {_stem(word)}", STEM
        for start in range(len(word) - 3):
            yield f"piece {word[start : start + 4]}", PIECE
    for meaning in sorted({MEANINGS[word] for word in words if word in MEANINGS}):
        yield f"meaning {meaning}", MEANING


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def _scaled(vector: "array[float]") -> "array[float]":
    length = math.sqrt(sum(value * value for value in vector))
    if not length:
        vector[0] = length = 1.0
    return array("f", (value / length for value in vector))
