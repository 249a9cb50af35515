"""Words that mean danger. They are a list with tests, not a model's judgement: whoever says one is sent to the
emergency services, whatever tool was being used.

A phrase is matched word by word, without regard to case and punctuation. `…` stands for up to four words, `*` for any
ending. History counts as well ("I had chest pain"): on the telephone, asking once too often is the smaller mistake.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from agents.prompting.rules import emergency_number
from calls.tools.types import ToolAnswer

EMERGENCY = "emergency"
_GAP = r"(?:\w+ ){0,4}"
_MAX_DEPTH = 8


@dataclass(frozen=True)
class RedFlag:
    """One kind of danger and how callers put it. The first phrase is plain: no `…`, no `*`."""

    key: str
    phrases: tuple[str, ...]


RED_FLAGS: tuple[RedFlag, ...] = (
    RedFlag(
        "chest_pain",
        (
            "chest pain", "chest pains", "chest is tight*",
            "tight* … chest", "chest … tight*", "pain* in … chest", "chest … hurt*",
            "pressure … on … chest", "crushing … chest", "heart attack",
        ),
    ),
    RedFlag(
        "breathing",
        (
            "cannot breathe", "cant breathe", "can not breathe", "can hardly breathe", "can barely breathe",
            "trouble breathing", "difficulty breathing", "difficulties breathing", "problems breathing",
            "struggling to breathe", "struggling for breath", "hard to breathe", "short* of breath", "gasping",
            "choking", "stopped breathing", "not breathing", "turning blue",
        ),
    ),
    RedFlag(
        "stroke",
        (
            "having a stroke", "think … stroke", "sign* of … stroke", "symptom* of … stroke", "stroke symptom*",
            "face … droop*", "droop* … face", "mouth … droop*", "slurr* … speech", "speech … slurr*", "slurring",
            "numb … one side", "weak* … one side", "cant move … arm", "cannot move … arm", "cant lift … arm",
            "worst headache",
        ),
    ),
    RedFlag(
        "vision_or_blanching",
        (
            "vision loss", "loss of vision", "los* … vision", "los* … sight", "loss of sight", "gone blind",
            "going blind", "blind in … eye", "cant see properly", "cant see out", "cannot see out", "cant see anything",
            "cannot see anything", "cant see from", "vision … gone", "vision … blur*", "blur* vision", "double vision",
            "seeing double", "blanch*", "skin … white", "skin … grey", "skin … black", "gone white", "turned white",
            "turning white", "mottled", "vascular occlusion",
        ),
    ),
    RedFlag(
        "anaphylaxis",
        (
            "anaphylactic shock", "anaphyla*",
            "severe allergic reaction", "bad allergic reaction", "throat … clos*", "throat … swell*",
            "throat … swollen", "throat … tight*", "tongue … swell*", "tongue … swollen", "swollen tongue",
            "swell* … tongue", "swell* … throat", "epipen",
        ),
    ),
    RedFlag(
        "suicide",
        (
            "suicidal thoughts", "suicid*",
            "kill myself", "killing myself", "end my life", "ending my life", "end it all", "take my … life",
            "want to die", "wanna die", "wish i was dead", "wish i were dead", "better off dead", "hurt myself",
            "hurting myself", "harm myself", "harming myself", "self harm*", "dont want to live",
            "do not want to live", "no reason to live", "overdos*",
        ),
    ),
    RedFlag(
        "bleeding",
        (
            "heavy bleeding", "bleeding heavily", "wont stop bleeding", "cant stop … bleeding", "bleeding … wont stop",
            "coughing … blood", "vomiting blood", "unconscious", "passed out", "collapsed", "seizure", "having a fit",
        ),
    ),
)  # fmt: skip


def find_red_flag(arguments: Any) -> RedFlag | None:
    """The first danger that is named anywhere in a tool's arguments, or in a text; None for none."""
    texts = [_plain(text) for text in _texts(arguments)]
    return next((flag for flag in RED_FLAGS if any(_pattern(flag).search(text) for text in texts)), None)


def answer_emergency(flag: RedFlag, *, country: str) -> ToolAnswer:
    """What is said instead of any tool's answer: ring the country's emergency number, at once."""
    number = emergency_number(country)
    return ToolAnswer(
        speech=f"This may be an emergency. Please hang up and call {number} now, or have somebody near you call. "
        "An appointment cannot wait for that.",
        content={"success": False, "code": EMERGENCY, "redFlag": flag.key, "number": number},
        succeeded=False,
    )


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text in a tool's arguments, however deep; the keys are the model's and do not count."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < _MAX_DEPTH:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item, depth + 1)


def _plain(text: str) -> str:
    """Words alone, one blank between them: `I can't breathe!` is `i cant breathe `."""
    return " ".join(re.findall(r"\w+", re.sub(r"['’`´]", "", text.casefold()))) + " "


@cache
def _pattern(flag: RedFlag) -> re.Pattern[str]:
    return re.compile("|".join(_as_pattern(phrase) for phrase in flag.phrases))


def _as_pattern(phrase: str) -> str:
    words = (_GAP if word == "…" else word.replace("*", r"\w*") + " " for word in phrase.split())
    return rf"\b{''.join(words)}"
