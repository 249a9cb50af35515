"""Counting what redaction finds and what it should have left alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from calls.redaction import redact
from calls.tests.redaction_lines import KNOWN_NUMBERS

_MARKED = re.compile(r"«(.*?)»")
_PLACEHOLDER = re.compile(r"\[[A-Z]+\]")


@dataclass
class Score:
    """How one category came out. `wrong` are the lines that did not go as they should, with what became of them."""

    marked: int = 0
    found: int = 0
    lines: int = 0
    touched: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of identifiers of which nothing telling was left."""
        return self.found / self.marked if self.marked else 1.0

    @property
    def false_positives(self) -> float:
        """The share of lines in which something else was taken out."""
        return self.touched / self.lines if self.lines else 0.0


def judge(lines: Iterable[str], *, by_caller: bool = False) -> Score:
    """Redact each line. An identifier is found when no stretch of it that says anything stands there any more."""
    score = Score()
    for line in lines:
        before, _, said = line.rpartition(" >> ")
        identifiers = _MARKED.findall(said)
        told = redact(_MARKED.sub(r"\1", said), known_numbers=KNOWN_NUMBERS, before=before, by_caller=by_caller)
        gaps = [re.escape(part) for part in _MARKED.split(said)[::2]]
        left = re.fullmatch(r"(.*?)".join(gaps), told, re.S)
        found = [bool(left and _is_gone(text, left.group(place + 1))) for place, text in enumerate(identifiers)]
        score.marked += len(identifiers)
        score.found += sum(found)
        score.lines += 1
        score.touched += _is_touched(told, len(identifiers), whole=left is not None)
        if not all(found) or _is_touched(told, len(identifiers), whole=left is not None):
            score.wrong.append(f"{line}  →  {told}")
    return score


def _is_gone(identifier: str, left: str) -> bool:
    """Nothing but a placeholder, and at the most a short word of the identifier, is left in its place."""
    rest = _PLACEHOLDER.sub("", left)
    telling = re.findall(r"\w{2,}|\d", rest)
    return rest != left and len(telling) <= len(re.findall(r"\w+", identifier)) * 0.2


def _is_touched(told: str, expected: int, *, whole: bool) -> bool:
    return not whole if expected else bool(_PLACEHOLDER.search(told))
