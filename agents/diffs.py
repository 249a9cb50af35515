"""What one configuration of an agent says differently from another, ready for a page."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from agents.versions import LABELS, find_changes

# Settings that people write sentences in.
TEXTS = frozenset({"first_message", "system_prompt", "after_hours_message"})
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class DiffPart:
    """A piece of a line."""

    change: Change
    text: str


@dataclass(frozen=True)
class DiffLine:
    """One line of a text, in pieces: whole when it is the same, new or gone; word by word when it was reworded."""

    change: Change
    parts: tuple[DiffPart, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True)
class FieldDiff:
    """One setting that differs. Texts come as lines, everything else as its two values.

    Attributes:
        lines: empty for settings that are not texts.
    """

    field: str
    label: str
    old: Any
    new: Any
    lines: tuple[DiffLine, ...] = ()

    @property
    def old_words(self) -> str:
        """The old value, as a page says it."""
        return _say(self.old)

    @property
    def new_words(self) -> str:
        """The new value, as a page says it."""
        return _say(self.new)


def diff_configs(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldDiff]:
    """Every setting that differs, in the order of a page."""
    return [
        FieldDiff(
            field=name,
            label=LABELS[name],
            old=before,
            new=after,
            lines=tuple(diff_lines(str(before or ""), str(after or ""))) if name in TEXTS else (),
        )
        for name, (before, after) in find_changes(old, new).items()
    ]


def diff_lines(old: str, new: str) -> Iterator[DiffLine]:
    """The lines of two texts together: what went, what came, what stayed."""
    before, after = old.splitlines(), new.splitlines()
    for kind, i, j, k, n in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (_whole(Change.SAME, line) for line in before[i:j])
            continue
        for gone, come in zip_longest(before[i:j], after[k:n]):
            yield from _changed(gone, come)


def _changed(gone: str | None, come: str | None) -> Iterator[DiffLine]:
    if gone is None or come is None:
        change = Change.ADDED if gone is None else Change.REMOVED
        yield _whole(change, (come if gone is None else gone) or "")
        return
    left, right = _WORDS.findall(gone), _WORDS.findall(come)
    codes = SequenceMatcher(a=left, b=right, autojunk=len(left) + len(right) > 2_000).get_opcodes()
    yield DiffLine(Change.REMOVED, _pieces(left, Change.REMOVED, [(code[0], code[1], code[2]) for code in codes]))
    yield DiffLine(Change.ADDED, _pieces(right, Change.ADDED, [(code[0], code[3], code[4]) for code in codes]))


def _pieces(words: list[str], change: Change, codes: list[tuple[str, int, int]]) -> tuple[DiffPart, ...]:
    return tuple(
        DiffPart(Change.SAME if kind == "equal" else change, "".join(words[start:end]))
        for kind, start, end in codes
        if start < end
    )


def _say(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "None"
    if isinstance(value, Mapping):
        departments = value.get("departments") or {}
        named = {**({"default": value["default"]} if value.get("default") else {}), **departments}
        return ", ".join(f"{name}: {number}" for name, number in named.items()) or "The clinic’s own"
    return "All of them" if value is None else str(value) or "Empty"


def _whole(change: Change, line: str) -> DiffLine:
    return DiffLine(change, (DiffPart(change, line),))
