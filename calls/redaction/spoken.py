"""Spoken numbers as digits: "four one five, double seven" is heard as "4 1 5, 77", and each digit knows its words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from calls.redaction.number_words import (
    HUNDRED,
    MONTHS,
    ORDINALS,
    ORDINALS_OR_WORDS,
    RADIO,
    RADIO_OR_WORDS,
    REPEATS,
    TEENS,
    TENS,
    THOUSAND,
    UNITS,
    ZEROS,
)

_WORD = re.compile(r"[a-z]+|\d+|[^a-z\d]+")
_NUMBERISH = frozenset({*UNITS, *TEENS, *TENS, *ZEROS, *REPEATS, *ORDINALS, HUNDRED, THOUSAND})
_SPELLED_AS = re.compile(r"\b([A-Za-z]) (?:as in|(?:for|like)(?= (?i:\1))) [A-Za-z]+\b")
# Names of numbers that are spelled out, as in "D O B".
_SPELLED_NAME = re.compile(
    r"\b(?:d[ .]\s?o[ .]\s?b|s[ .]\s?s[ .]\s?n|n[ .]\s?h[ .]\s?s|m[ .]\s?r[ .]\s?n|c[ .]\s?v[ .]\s?[vc])\b(?!['\w])",
    re.I,
)
_ALL_RADIO = {**RADIO, **RADIO_OR_WORDS}
_DROPPED = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0f\u20e3\u00ad") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212")


@dataclass(frozen=True)
class Hearing:
    """A text with its numbers as digits. `starts` and `ends` lead each character back to the text that it was."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original text this stretch stands."""
        return self.starts[start], self.ends[end - 1]


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def is_gap(self) -> bool:
        return not self.text[0].isalnum()


def hear(text: str) -> Hearing:
    """The text as a listener who writes digits would have it."""
    plain, places, ends_at = _plain(text)
    made: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in _spell(plain):
        made.append(piece)
        is_same = len(piece) == end - start
        for offset in range(len(piece)):
            first = start + offset if is_same else start
            last = start + offset if is_same else end - 1
            starts.append(places[first])
            ends.append(ends_at[last])
    return Hearing("".join(made), tuple(starts), tuple(ends))


def _plain(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """Digits of any script as ours, one kind of dash and space, nothing invisible; and where each character stood.

    What is invisible belongs to the character before it.
    """
    if text.isascii():
        return text, range(len(text)), range(1, len(text) + 1)
    kept = [(_plain_char(char), place) for place, char in enumerate(text) if char not in _DROPPED]
    places = [place for _, place in kept]
    return "".join(char for char, _ in kept), places, [*places[1:], len(text)]


@lru_cache(maxsize=4096)
def _plain_char(char: str) -> str:
    if char in _DASHES:
        return "-"
    if char.isspace():
        return char if char == "\n" else " "
    digit = unicodedata.decimal(char, None)
    return str(digit) if digit is not None else char


def _spell(text: str) -> list[tuple[str, int, int]]:
    """Pieces of the text, number words among them replaced; each with where it began and ended."""
    lower = _same_length_lower(text)
    spelled_out = {found.start(): found for found in _SPELLED_AS.finditer(text)} if " " in text else {}
    names = {found.start(): found for found in _SPELLED_NAME.finditer(text)}
    tokens = [_Token(found.group(), found.start(), found.end()) for found in _WORD.finditer(lower)]
    pieces: list[tuple[str, int, int]] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if (letter := spelled_out.get(token.start)) is not None and _is_in_a_code(tokens, at):
            pieces.append((letter.group(1).upper(), letter.start(), letter.end()))
            while at < len(tokens) and tokens[at].end <= letter.end():
                at += 1
            continue
        if (name := names.get(token.start)) is not None:
            letters = "".join(char for char in name.group() if char.isalpha())
            pieces.append((letters, name.start(), name.end()))
            while at < len(tokens) and tokens[at].end <= name.end():
                at += 1
            continue
        number = _number(tokens, at) if token.text in _NUMBERISH else _sign(tokens, at)
        if number is None:
            pieces.append((text[token.start : token.end], token.start, token.end))
            at += 1
        else:
            digits, after = number
            pieces.append((digits, token.start, tokens[after - 1].end))
            at = after
    return pieces


def _same_length_lower(text: str) -> str:
    return text.lower() if text.isascii() else "".join(low if len(low := c.lower()) == 1 else c for c in text)


def _is_in_a_code(tokens: list[_Token], at: int) -> bool:
    """Whether a letter is spelled out: "B for Bertie" does it, "I like cake" does not."""
    return tokens[at].text not in {"i", "a"} or (at + 2 < len(tokens) and tokens[at + 2].text in {"as", "for"})


def _number(tokens: list[_Token], at: int) -> tuple[str, int] | None:
    """The number that begins at this token, and the token after it; None where the word means something else."""
    word = tokens[at].text
    if word in REPEATS:
        return _repeated(tokens, at)
    if word in ZEROS:
        return ("0", at + 1) if _has_number_beside(tokens, at) else None
    if word in ORDINALS:
        return (ORDINALS[word], at + 1) if word not in ORDINALS_OR_WORDS or _is_a_day(tokens, at) else None
    if word in {HUNDRED, THOUSAND}:
        return None
    value, after = _below_hundred(tokens, at)
    if isinstance(value, str):
        return value, after
    return _with_hundreds(tokens, value, after)


def _sign(tokens: list[_Token], at: int) -> tuple[str, int] | None:
    """A letter by its name on the radio, or a stroke between numbers."""
    word = tokens[at].text
    before = tokens[at - 2].text if at >= 2 else ""
    after = tokens[at + 2].text if at + 2 < len(tokens) else ""
    if word in {"slash", "stroke"}:
        return ("/", at + 1) if _is_number(before) and _is_number(after) else None
    if word == "plus":  # as a number from abroad begins
        return ("+", at + 2) if _is_number(after) and not _is_number(before) else None
    if word == "x" and after == "ray":
        beyond = tokens[at + 4].text if at + 4 < len(tokens) else ""
        return ("X", at + 3) if any(other in _ALL_RADIO or len(other) == 1 for other in (before, beyond)) else None
    if word not in _ALL_RADIO:
        return None
    is_beside_letters = any(
        other in _ALL_RADIO or other in {"x", "ray"} or (len(other) == 1 and other in "bcdefghjklmnpqrstuvwyz")
        for other in (before, after)
    )
    is_beside_numbers = word in RADIO and (_is_number(before) or _is_number(after))
    return (_ALL_RADIO[word], at + 1) if is_beside_letters or is_beside_numbers else None


def _is_number(word: str) -> bool:
    return word.isdigit() or word in _NUMBERISH


def _repeated(tokens: list[_Token], at: int) -> tuple[str, int] | None:
    following = _next_word(tokens, at)
    if following is None:
        return None
    word = tokens[following].text
    digit = UNITS.get(word, "0" if word in ZEROS else word if len(word) == 1 and word.isalnum() else None)
    return (str(digit) * REPEATS[tokens[at].text], following + 1) if digit is not None else None


def _below_hundred(tokens: list[_Token], at: int) -> tuple[int | str, int]:
    """A number up to 99, or an ordinal such as "twenty first" as text."""
    word = tokens[at].text
    if word in UNITS:
        return int(UNITS[word]), at + 1
    if word in TEENS:
        return TEENS[word], at + 1
    following = _next_word(tokens, at)
    if following is not None and _gap(tokens, at) in {" ", "-"}:
        unit = tokens[following].text
        if UNITS.get(unit, "0") != "0":
            return TENS[word] + int(UNITS[unit]), following + 1
        if unit in ORDINALS and len(ORDINALS[unit]) == 3:
            return f"{TENS[word] + int(ORDINALS[unit][0])}{ORDINALS[unit][1:]}", following + 1
    return TENS[word], at + 1


def _with_hundreds(tokens: list[_Token], value: int, after: int) -> tuple[str, int]:
    for name, factor in ((HUNDRED, 100), (THOUSAND, 1000)):
        at = after + 1
        if at >= len(tokens) or tokens[at].text not in {name, f"{name}s"} or not tokens[after].is_gap:
            continue
        value, after = value * factor, at + 1
        rest = after + 1
        if rest < len(tokens) and tokens[rest].text == "and":
            rest += 2
        if rest < len(tokens) and tokens[rest].text in {*UNITS, *TEENS, *TENS} and _may_follow(tokens, after, rest):
            more, end = _below_hundred(tokens, rest)
            if isinstance(more, int):
                value, after = value + more, end
    return str(value), after


def _may_follow(tokens: list[_Token], after: int, rest: int) -> bool:
    """Whether a number goes on: "two hundred and five" does, "eight hundred five five five" is a telephone's."""
    said_and = rest > after + 1
    more_follows = rest + 2 < len(tokens) and tokens[rest + 2].text in {*UNITS, *ZEROS, *REPEATS}
    return said_and or not more_follows or tokens[rest].text in TENS


def _is_a_day(tokens: list[_Token], at: int) -> bool:
    """ "the second of May", not "just a second"."""
    before = tokens[at - 2].text if at >= 2 else ""
    after = tokens[at + 2].text if at + 2 < len(tokens) else ""
    return before == "the" or after == "of" or before in TENS or before in MONTHS


def _has_number_beside(tokens: list[_Token], at: int) -> bool:
    beside = [tokens[at - 2]] if at >= 2 else []
    beside += [tokens[at + 2]] if at + 2 < len(tokens) else []
    return any(token.text.isdigit() or token.text in _NUMBERISH for token in beside)


def _next_word(tokens: list[_Token], at: int) -> int | None:
    following = at + 2
    return following if following < len(tokens) and tokens[at + 1].is_gap else None


def _gap(tokens: list[_Token], at: int) -> str:
    return tokens[at + 1].text
