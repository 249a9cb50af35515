"""Recognising services in what people say: whole words, whatever the case, the accents or the plural."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contacts.models import Service

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Mention:
    """A service that was named, and by how many words: the more, the surer."""

    service: Service
    words: int
    by_name: bool


def words_of(text: str) -> list[str]:
    """The words of a text in the form in which they are compared: "Rhinoplastías" gives ["rhinoplastia"]."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return [_singular(word) for word in _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))]


def mentions_in(text: str, *, services: Iterable[Service]) -> list[Mention]:
    """Every service that the text names, by its name or a keyword; the surest first."""
    said = words_of(text)
    found = [mention for service in services if (mention := _mention(said, service))]
    return sorted(found, key=lambda mention: (-mention.words, not mention.by_name, mention.service.name))


def find_by_part(text: str, *, services: Iterable[Service]) -> Service | None:
    """The only service whose name contains all the words said ("breast" for Breast Augmentation), or None."""
    said = set(words_of(text))
    if not said:
        return None
    matching = [service for service in services if said <= set(words_of(service.name))]
    return matching[0] if len(matching) == 1 else None


def _mention(said: Sequence[str], service: Service) -> Mention | None:
    name = words_of(service.name)
    if _contains(said, name):
        return Mention(service=service, words=len(name), by_name=True)
    keywords = (words_of(str(keyword)) for keyword in service.keywords)
    longest = max((len(words) for words in keywords if _contains(said, words)), default=0)
    return Mention(service=service, words=longest, by_name=False) if longest else None


def _contains(said: Sequence[str], phrase: Sequence[str]) -> bool:
    if not phrase:
        return False
    return any(said[at : at + len(phrase)] == phrase for at in range(len(said) - len(phrase) + 1))


def _singular(word: str) -> str:
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("xes", "zes", "ches", "shes", "sses")):
        return word[:-2]
    return word.removesuffix("s")
