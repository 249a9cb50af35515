"""Words that mean danger. They are a list with tests, not a model's judgement: whoever says one is sent to the
emergency services, whatever was being talked about.

A phrase is matched word by word, without regard to case and punctuation. `…` stands for up to four words, `*` for any
ending. History counts as well ("I had chest pain"): on the telephone, asking once too often is the smaller mistake.
What is plainly denied ("no chest pain") does not count, except where it is one of `always`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from agents.prompting.rules import emergency_number
from calls.tools.denials import Clauses, ends_in_denial
from calls.tools.types import ToolAnswer
from voxanne.ui.templatetags.say import phone

EMERGENCY = "emergency"
_GAP = r"((?:\w+ ){0,4})"
_MAX_DEPTH = 8


@dataclass(frozen=True)
class RedFlag:
    """One kind of danger and how callers put it. The first phrase is plain: no `…`, no `*`.

    Attributes:
        title: what it is, for staff, in the middle of a sentence.
        always: phrases that count even where they are denied.
    """

    key: str
    title: str
    phrases: tuple[str, ...]
    always: tuple[str, ...] = ()


RED_FLAGS: tuple[RedFlag, ...] = (
    RedFlag(
        "chest_pain",
        "chest pain",
        (
            "chest pain", "chest pains", "chest is tight*", "tight* … chest", "chest … tight*",
            "pain* … in … chest", "chest … hurt*", "pressure … on … chest", "pressure … in … chest",
            "crushing … chest", "heavy … chest", "weight on … chest", "sitting on … chest", "chest … ache*",
            "chest … aching", "chest … burn*", "chest … crush*", "chest … killing", "ache* in … chest",
            "sharp … chest", "heart attack", "cardiac arrest",
        ),
    ),
    RedFlag(
        "breathing",
        "trouble breathing",
        (
            "cannot breathe", "cant breathe", "can not breathe", "can hardly breathe", "can barely breathe",
            "trouble breathing", "difficulty breathing", "difficulties breathing", "problems breathing",
            "struggling to breathe", "struggling for breath", "hard to breathe", "short* of breath", "gasping",
            "choking", "stopped breathing", "not breathing", "isnt breathing", "cant … breathe",
            "cannot … breathe", "cant … catch … breath", "cannot … catch … breath", "cant … get … breath",
            "cannot … get … breath", "cant … get … air", "cannot … get … air", "not getting … air",
            "couldnt breathe", "struggling to breath", "breathless", "turning blue", "going blue", "lips … blue",
            "wheezing",
        ),
    ),
    RedFlag(
        "stroke",
        "signs of a stroke",
        (
            "having a stroke", "think … stroke", "sign* of … stroke", "symptom* of … stroke", "stroke symptom*",
            "face … droop*", "droop* … face", "mouth … droop*", "slurr* … speech", "speech … slurr*", "slurring",
            "face … dropped", "face … fallen", "numb* … one side", "weak* … one side", "one side … numb*",
            "one side … weak*", "cant feel … arm", "cant feel … leg", "left arm … numb*", "right arm … numb*",
            "cant speak properly", "cant talk properly", "words … come out wrong", "words … coming out wrong",
            "slurs", "cant move … arm", "cannot move … arm", "cant lift … arm", "worst headache",
        ),
    ),
    RedFlag(
        "vision_or_blanching",
        "loss of sight or blanched skin",
        (
            "vision loss", "loss of vision", "los* … vision", "los* … sight", "loss of sight", "gone blind",
            "going blind", "blind in … eye", "cant see properly", "cant see out", "cannot see out",
            "cant see anything", "cannot see anything", "cant see from", "vision … gone", "vision … blur*",
            "blur* vision", "double vision", "seeing double", "blanch*", "skin … is … white",
            "skin … looks … white", "skin … grey", "skin … black", "gone white", "turned white", "turning white",
            "mottl*", "vascular occlusion", "cant see a thing", "cant see with", "cannot see with",
            "vision … black", "sight … gone", "curtain … eye", "skin … purple", "lip is white", "lip looks white",
            "lip … grey", "nose … grey",
        ),
    ),
    RedFlag(
        "anaphylaxis",
        "a severe allergic reaction",
        (
            "anaphylactic shock", "anaphyla*", "severe allergic reaction", "bad allergic reaction",
            "throat … clos*", "throat … swell*", "throat … swollen", "throat … tight*", "tongue … swell*",
            "tongue … swollen", "swollen tongue", "swell* … tongue", "swell* … throat", "throat … close",
            "lump in … throat … swell*", "face … swell* … breath*", "hives … breath*",
        ),
        always=(
            "epipen", "epi pen", "adrenaline pen",
        ),
    ),
    RedFlag(
        "suicide",
        "thoughts of suicide or self-harm",
        (
            "suicidal thoughts",
        ),
        always=(
            "suicid*", "kill myself", "killing myself", "end my life", "ending my life", "end it all",
            "take my … life", "want to die", "wanna die", "wish i was dead", "wish i were dead", "better off dead",
            "hurt myself", "hurting myself", "harm myself", "harming myself", "self harm*", "dont want to live",
            "do not want to live", "no reason to live", "overdos*", "want it all to end",
            "want it to stop forever", "not worth living", "nothing to live for", "taken too many … tablets",
            "taken too many … pills", "took too many … tablets", "took too many … pills", "cutting myself",
            "rather be dead", "wish i could die", "dont want to be here any*", "do not want to be here any*",
            "dont want to wake up",
        ),
    ),
    RedFlag(
        "bleeding",
        "heavy bleeding or a collapse",
        (
            "heavy bleeding", "bleeding heavily", "wont stop bleeding", "cant stop … bleeding",
            "bleeding … wont stop", "bleeding … not stopping", "bleeding … doesnt stop", "bleeding … not stop",
            "wont stop … bleeding", "bleeding a lot", "bleeding … badly", "pouring … blood", "pouring with blood",
            "losing … blood", "lost … lot … blood", "spurting", "soaked through", "coughing … blood",
            "vomiting … blood", "throwing up … blood", "unconscious", "passed out", "passing out", "blacked out",
            "collapsed", "wont wake up", "cant wake", "not waking up", "unresponsive", "hes not responding",
            "shes not responding", "isnt responding", "seizure*", "having a fit", "hes fitting", "shes fitting",
            "is fitting and", "convuls*",
        ),
    ),
)  # fmt: skip


def find_red_flag(said: Any) -> RedFlag | None:
    """The first danger that is named anywhere in a tool's arguments, or in a text; None for none."""
    return next(iter(find_red_flags(said)), None)


def find_red_flags(said: Any) -> list[RedFlag]:
    """Every kind of danger that is named, the gravest first."""
    texts = [Clauses.of(text) for text in _texts(said)]
    return [flag for flag in RED_FLAGS if any(_names(text, flag) for text in texts)]


def answer_emergency(flag: RedFlag, *, country: str, on_call: str = "") -> ToolAnswer:
    """What is said instead of any tool's answer: ring the country's emergency number, at once."""
    told = {"success": False, "code": EMERGENCY, "redFlag": flag.key, "number": emergency_number(country)}
    return ToolAnswer(
        speech=say_emergency(country=country, on_call=on_call),
        content={**told, "onCall": on_call} if on_call else told,
        succeeded=False,
    )


def say_emergency(*, country: str, on_call: str = "") -> str:
    """The instruction to the caller; with the number of the clinic's people for afterwards, where there is one."""
    afterwards = f" Once help is on its way, you reach the clinic's team on {phone(on_call)}." if on_call else ""
    return (
        f"This may be an emergency. Please hang up and call {emergency_number(country)} now, or have somebody near you "
        f"call. An appointment cannot wait for that.{afterwards}"
    )


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text in a tool's arguments, however deep; the keys are the model's and do not count."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < _MAX_DEPTH:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item, depth + 1)


def _names(text: Clauses, flag: RedFlag) -> bool:
    """Whether a text names this danger without plainly denying it."""
    for at in _all_phrases(flag).finditer(text.words):
        if _pattern(flag.always).match(text.words, at.start()):
            return True
        if any(
            not text.denies(found.start(), found.end(), inner=any(ends_in_denial(gap) for gap in found.groups("")))
            for phrase in flag.phrases
            if (found := _pattern((phrase,)).match(text.words, at.start()))
        ):
            return True
    return False


@cache
def _all_phrases(flag: RedFlag) -> re.Pattern[str]:
    """Wherever one of the phrases begins, so that two that overlap are both seen."""
    return re.compile(rf"(?={_pattern((*flag.phrases, *flag.always)).pattern})")


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_as_pattern(phrase) for phrase in phrases) or r"(?!)")


def _as_pattern(phrase: str) -> str:
    words = (_GAP if word == "…" else word.replace("*", r"\w*") + " " for word in phrase.split())
    return rf"\b{''.join(words)}"
