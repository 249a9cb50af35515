"""`redact`: one text in, the same text without identifiers out."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from calls.redaction.health_terms import find_terms
from calls.redaction.known_numbers import digits_of
from calls.redaction.spans import Span, choose
from calls.redaction.spoken import Hearing, hear

LONGEST_PIECE = 3000
# What every identifier has at least one of, once spoken numbers are digits: most lines of a call have none of it.
_MAY_IDENTIFY = re.compile(
    r"\d|@|\bat\b.{1,60}\b(?:dot|gmail|hotmail|outlook|yahoo|icloud|aol|\.\w{2})|\b(?:street|road|lane|avenue)\b", re.I
)
_PLACEHOLDER = re.compile(r"\[[A-Z]{2,12}\]")


class Finder(Protocol):
    """What finds identifiers in what was heard: spans of the original text. Known numbers are given as digits."""

    def __call__(self, heard: Hearing, *, before: str, known: Sequence[str], by_caller: bool) -> list[Span]: ...


@dataclass(frozen=True)
class Discretion:
    """What a clinic wants, and what is no secret between it and its caller.

    Attributes:
        known_numbers: the caller's and the clinic's own, which stay.
        terms: words about health that the clinic does not want written down.
    """

    known_numbers: frozenset[str] = frozenset()
    terms: tuple[str, ...] = ()

    def redact(self, text: str, *, before: str = "", by_caller: bool = False) -> str:
        """One text. See `redact`."""
        return redact(text, known_numbers=self.known_numbers, terms=self.terms, before=before, by_caller=by_caller)

    def redact_lines(self, lines: Iterable[tuple[str, bool]]) -> list[str]:
        """What was said in turn and whether the caller said it, each line heard after the one before it."""
        told: list[str] = []
        for line, by_caller in lines:
            told.append(self.redact(line, before=told[-1] if told else "", by_caller=by_caller))
        return told


def redact(
    text: str,
    *,
    known_numbers: Collection[str] = (),
    terms: Collection[str] = (),
    before: str = "",
    by_caller: bool = False,
) -> str:
    """The text with each identifier replaced by its kind, as in `[CARD]`. Redacting again changes nothing.

    Names stay, and so do numbers that are known. A number is judged by the words around it.

    Args:
        known_numbers: telephone numbers in any form.
        terms: words or phrases to be replaced by `[HEALTH]`.
        before: what was said just before; a bare number answers its question.
        by_caller: a caller who says "we're on Pine Street" tells their own address, not the clinic's.
    """
    known = [digits for number in known_numbers if (digits := digits_of(number))]
    return "".join(
        _redact_piece(piece, before=before, known=known, terms=tuple(terms), by_caller=by_caller)
        for piece in _pieces(text)
    )


def _redact_piece(piece: str, *, before: str, known: Sequence[str], terms: tuple[str, ...], by_caller: bool) -> str:
    spans = find_terms(piece, terms) if terms else []
    heard = hear(piece)
    if _MAY_IDENTIFY.search(heard.text):
        spans += _finder()(heard, before=before, known=known, by_caller=by_caller)
    kept = [(found.start(), found.end()) for found in _PLACEHOLDER.finditer(piece)]
    told, at = [], 0
    for span in choose(spans, kept=kept):
        told += [piece[at : span.start], f"[{span.kind}]"]
        at = span.end
    return "".join([*told, piece[at:]])


def _pieces(text: str) -> list[str]:
    """The text cut where a sentence or a word ends, so that no line, however long, makes a search slow."""
    pieces = []
    while len(text) > LONGEST_PIECE:
        cut = max(text.rfind(end, LONGEST_PIECE // 2, LONGEST_PIECE) for end in ("\n", ". ", "? "))
        cut = cut if cut > 0 else text.rfind(" ", LONGEST_PIECE // 2, LONGEST_PIECE)
        cut = cut + 1 if cut > 0 else LONGEST_PIECE
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text]


def load() -> None:
    """Have everything that redacting needs in memory, which takes a second or two; else the first text does it."""
    redact("1")


def _finder() -> Finder:
    """Presidio, loaded once a process, and only in one that redacts."""
    from calls.redaction.engine import find_identifiers

    return find_identifiers
