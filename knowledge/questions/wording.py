"""When two questions are the same: they share what they are about, whatever is said around it."""

import re
from collections.abc import Iterable, Sequence

from django.db import connection

# Stems that say that something is asked, not what. PostgreSQL's stop words ("do", "you", "the") are gone before.
_ASIDE = frozenset((
    "accept", "allow", "also", "ani", "anyth", "ask", "avail", "bring", "call", "caller", "case", "clinic",
    "come", "could", "curious", "current", "deal", "doctor", "find", "get", "give", "go", "good", "hello",
    "help", "hey", "hi", "inform", "kind", "know", "let", "like", "long", "mani", "may", "much", "need",
    "offer", "ok", "okay", "patient", "pleas", "possibl", "practic", "provid", "question", "quick", "right",
    "say", "see", "someth", "somewher", "sort", "sure", "take", "tell", "thank", "thing", "use", "want", "way",
    "wonder", "would", "year",
))  # fmt: skip
_PLACEHOLDER = re.compile(r"\[[A-Z]{2,12}\]")
# Two in three words in common: "bupa insurance" and "bupa dental insurance", not "parking" and "parking fine".
SAME_ENOUGH = 2 / 3
MOST_STEMS = 12


def find_stems(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """What each text is about: its stems in order, or its plain words where nothing else is left. One query."""
    plain = [_PLACEHOLDER.sub(" ", text) for text in texts]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(to_tsvector('english', asked.words))"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS asked(words, place) ORDER BY asked.place",
            [plain],
        )
        found = [row[0] for row in cursor.fetchall()]
    return [_telling(stems, text) for stems, text in zip(found, plain, strict=True)]


def _telling(stems: Iterable[str], text: str) -> tuple[str, ...]:
    telling = sorted({stem for stem in stems if stem not in _ASIDE})
    return tuple(telling or sorted(set(re.findall(r"\w+", text.lower()))) or ["?"])[:MOST_STEMS]


def choose_key(stems: tuple[str, ...], known: Iterable[str]) -> str:
    """The known key that means the same, the nearest first; else a new one."""
    mine = set(stems)
    nearest, likeness = " ".join(stems), 0.0
    for key in known:
        theirs = set(key.split(" "))
        shared = len(mine & theirs) / len(mine | theirs)
        if shared >= SAME_ENOUGH and shared > likeness:
            nearest, likeness = key, shared
    return nearest
