"""Recognising services in what people say: whole words, whatever the case, the accents or the plural.

A price list is made ready once (`_compile`) and then costs a text one look at each of its words.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from contacts.models import Service

_WORD = re.compile(r"[^\W_]+")
LISTS_KEPT = 512

_Key = tuple[tuple[UUID, str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Mention:
    """A service that was named, and by how many words: the more, the surer."""

    service: Service
    words: int
    by_name: bool


@dataclass(frozen=True)
class _Phrase:
    words: tuple[str, ...]
    service_id: UUID
    by_name: bool


def words_of(text: str) -> list[str]:
    """The words of a text in the form in which they are compared: "Rhinoplastías" gives ["rhinoplastia"]."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in plain if not unicodedata.combining(c))
    return [_singular(word) for word in _WORD.findall(text.casefold())]


class PriceList:
    """Services made ready to be recognised in many texts."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._services = {service.pk: service for service in services}
        self._phrases = _compile(_key_of(self._services.values()))

    def mentions(self, text: str) -> list[Mention]:
        """Every service that the text names, by its name or a keyword; the surest first."""
        found: dict[UUID, _Phrase] = {}
        said = words_of(text)
        for at, word in enumerate(said):
            for phrase in self._phrases.get(word, ()):
                if tuple(said[at : at + len(phrase.words)]) == phrase.words:
                    best = found.get(phrase.service_id)
                    if best is None or _surer(phrase) > _surer(best):
                        found[phrase.service_id] = phrase
        mentions = [Mention(self._services[pk], len(phrase.words), phrase.by_name) for pk, phrase in found.items()]
        return sorted(mentions, key=lambda mention: (-mention.words, not mention.by_name, mention.service.name))


def mentions_in(text: str, *, services: Iterable[Service]) -> list[Mention]:
    """Every service that one text names; the surest first."""
    return PriceList(services).mentions(text)


def find_by_part(text: str, *, services: Iterable[Service]) -> Service | None:
    """The only service whose name contains all the words said ("breast" for Breast Augmentation), or None."""
    said = set(words_of(text))
    if not said:
        return None
    matching = [service for service in services if said <= set(words_of(service.name))]
    return matching[0] if len(matching) == 1 else None


def _key_of(services: Iterable[Service]) -> _Key:
    return tuple((one.pk, one.name, tuple(str(keyword) for keyword in one.keywords)) for one in services)


@lru_cache(maxsize=LISTS_KEPT)
def _compile(services: _Key) -> Mapping[str, Sequence[_Phrase]]:
    """The phrases of a price list by their first words."""
    phrases: dict[str, list[_Phrase]] = {}
    for service_id, name, keywords in services:
        for text, by_name in ((name, True), *((keyword, False) for keyword in keywords)):
            if words := tuple(words_of(text)):
                phrases.setdefault(words[0], []).append(_Phrase(words, service_id, by_name))
    return phrases


def _surer(phrase: _Phrase) -> tuple[bool, int]:
    """A service's own name says more than any keyword."""
    return phrase.by_name, len(phrase.words)


def _singular(word: str) -> str:
    if len(word) <= 3 or word[-1] != "s" or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("xes", "zes", "ches", "shes", "sses")):
        return word[:-2]
    return word.removesuffix("s")
