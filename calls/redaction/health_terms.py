"""A clinic's own list of words that are not to be written down."""

import re
import unicodedata
from functools import lru_cache

from calls.redaction.spans import Span

_PLURAL = "(?:s|es)?"
CERTAIN = 1.0


def find_terms(text: str, terms: tuple[str, ...]) -> list[Span]:
    """Where one of the terms stands as whole words, whatever its case, accents and plural."""
    pattern = _pattern(terms)
    if pattern is None:
        return []
    return [Span(found.start(), found.end(), "HEALTH", CERTAIN) for found in pattern.finditer(_plain(text))]


@lru_cache(maxsize=512)
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for a clinic's list, the longest term first."""
    phrases = {tuple(_plain(term).split()) for term in terms}
    ordered = sorted((words for words in phrases if words), key=lambda words: (-len(" ".join(words)), words))
    if not ordered:
        return None
    either = "|".join(r"[\s\-]+".join(re.escape(word) for word in words) for words in ordered)
    return re.compile(rf"(?<!\w)(?:{either}){_PLURAL}(?!\w)")


def _plain(text: str) -> str:
    """Lower case without accents, a character for a character, so that places stay where they are."""
    return "".join(_plain_char(char) for char in text)


@lru_cache(maxsize=4096)
def _plain_char(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char
