"""Names: which may be spoken, and whether those heard on one number can be one person's."""

import re
import unicodedata
from collections.abc import Iterable

from calls.routing.plain_data import as_data

LONGEST_NAME = 60
LONGEST_FIRST_NAME = 24
MOST_READ = 200
MOST_WORDS = 5
# A sentence in small letters is no name.
MOST_WHISPERED = 2

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*[.]?")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words("mr mrs ms miss mx dr doctor prof professor sir dame lady lord rev")
# What speaks to a machine, and what carriers show for a caller they do not know. Real names that are lost to this list
# only mean the greeting that everybody else gets.
_NOT_NAMES = _words(
    """
    ignore disregard forget override instead instruction instructions prompt prompts system assistant developer admin
    administrator user rule rules reveal password secret previous above following everything always never must pretend
    act execute script jailbreak respond reply repeat transfer
    unknown caller anonymous private withheld restricted unavailable blocked wireless mobile cell phone number customer
    patient client contact lead test spam scam robocall telemarketer
    clinic surgery hospital pharmacy practice reception office company ltd limited inc llc plc gmbh
    """
)


def person_name(text: str) -> str:
    """A name as it may stand among an assistant's data, without titles, or "" when it does not look like a person's."""
    shown = " ".join(unicodedata.normalize("NFKC", text[:MOST_READ]).split())
    if as_data(shown, limit=LONGEST_NAME) != shown:
        return ""  # too long, or it holds what no name holds
    words = [word for word in shown.split() if _fold(word).rstrip(".") not in _TITLES]
    most = MOST_WORDS if shown != shown.lower() or shown == shown.upper() else MOST_WHISPERED
    if not 0 < len(words) <= most or not all(_WORD.fullmatch(word) for word in words):
        return ""
    if _NOT_NAMES & {part for word in words for part in _parts(word)}:
        return ""
    return " ".join(_as_written(word) for word in words)


def first_name(*candidates: str) -> str:
    """The name to greet somebody by: that of the first candidate that looks like a person's; "" when none does."""
    for text in candidates:
        name = person_name(text)
        # Behind a title stands a family name: "Dr Marsh" is nobody's "Hi Marsh".
        if name and not (_has_title(text) and " " not in name):
            first = name.split(" ", 1)[0].rstrip(".")
            return first if 1 < len(first) <= LONGEST_FIRST_NAME else ""
    return ""


def are_one_person(names: Iterable[str]) -> bool:
    """Whether all of these can be one person's: "Ana" and "Ana Reyes" can, "Ana Reyes" and "Ben Reyes" cannot.

    What does not look like a name says nothing.
    """
    distinct = set(names)
    if len(distinct) < 2:
        return True  # nearly always: nothing else was ever heard on this number
    known = [frozenset(_fold(word) for word in name.split()) for name in map(person_name, distinct) if name]
    fullest = max(known, key=len, default=frozenset())
    return all(name <= fullest for name in known)


def _has_title(text: str) -> bool:
    words = text.split()
    return bool(words) and _fold(words[0]).rstrip(".") in _TITLES


def _parts(word: str) -> list[str]:
    return re.split(r"['’.-]", _fold(word))


def _fold(word: str) -> str:
    """As names are compared: whatever the case and the accents."""
    if word.isascii():
        return word.casefold()
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(char for char in plain if not unicodedata.combining(char))


def _as_written(word: str) -> str:
    """Carriers shout and speech recognition whispers: a word in one case gets a capital."""
    return word.capitalize() if len(word) > 1 and (word.isupper() or word.islower()) else word
