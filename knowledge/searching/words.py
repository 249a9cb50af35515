"""What a question asks for: its telling words, each with others that mean the same to a caller."""

import re
from dataclasses import dataclass

from knowledge.searching.vocabulary import IDLE, MEANINGS, NUMBERS, PHRASES, SIGNS, WHERE
from knowledge.settings import SETTINGS

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MARKS = re.compile(r"['’]\w*$")


@dataclass(frozen=True)
class Term:
    """One thing that is asked for. `word` was said (or meant), `others` would do as well.

    `sign` is a regular expression for the thing itself, where it is known by its looks; "" where it is not.
    """

    word: str
    others: frozenset[str] = frozenset()
    sign: str = ""

    @property
    def tsquery(self) -> str:
        """For `to_tsquery`: letters and digits only, so that nobody's text is an operator."""
        return self._spelt("")

    @property
    def in_headings(self) -> str:
        """The same, only for headings, whose words carry the label A."""
        return self._spelt(":A")

    @property
    def sign_here(self) -> str:
        """The sign for Python's `re`, which writes the edges of words otherwise."""
        return self.sign.replace(r"\m", r"\b").replace(r"\M", r"\b")

    def _spelt(self, label: str) -> str:
        spelt = [self.word, *sorted(self.others)]
        return " | ".join(" <-> ".join(f"{part}{label}" for part in word.split("-") if part) for word in spelt)


def terms_of(query: str) -> list[Term]:
    """The telling words of a question in the order they were said, each once; empty when there are none."""
    if WHERE.search(query):  # whatever else is said then tells why somebody asks: "I am driving up from the station"
        query = "address"
    for pattern, phrase in PHRASES:
        query = pattern.sub(phrase, query)
    words = _words(query)
    terms: list[Term] = []
    covered: set[str] = set()
    for place, word in enumerate(words):
        if word in IDLE or word in covered or (len(word) < 2 and not word.isdigit()):
            continue
        others = MEANINGS.get(word, frozenset()) | _heard_apart(words, place)
        if word in NUMBERS:
            others |= {NUMBERS[word]}
        covered |= {word, *others}
        terms.append(Term(word=word, others=others, sign=SIGNS.get(word, "")))
    return terms[: SETTINGS.max_terms]


def keywords_of(query: str) -> list[str]:
    """What is left to look for letter by letter when no word was found: the longest words first."""
    words = {match.lower() for match in _WORD.findall(query)} - IDLE
    return sorted((word for word in words if len(word) > 3), key=lambda word: (-len(word), word))[:3]


def _words(query: str) -> list[str]:
    """The words in small letters; letters that were spelt out ("v h i", "b twelve") are one word."""
    words: list[str] = []
    spelling = False
    for match in _WORD.findall(query):
        word = _MARKS.sub("", match.lower())
        is_letter = len(word) == 1 and word.isalpha()
        if spelling and (is_letter or word in NUMBERS or word.isdigit()):
            words[-1] += NUMBERS.get(word, word)
        else:
            words.append(word)
            spelling = is_letter and word not in IDLE
    return words


def _heard_apart(words: list[str], place: int) -> set[str]:
    """A word with each of its neighbours as one: speech recognition writes "chicken pox" and "photo facial"."""
    pairs = (words[place - 1 : place + 1] if place else [], words[place : place + 2])
    return {"".join(pair) for pair in pairs if len(pair) == 2 and not IDLE & set(pair)}
