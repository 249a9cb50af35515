"""Text without mark-up: its paragraphs, and the lines that read like headings, lists or rows of a table."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from knowledge.extraction.rows import table_of
from knowledge.types import Block, BlockKind

BULLET = re.compile(r"^\s*(?:[-*•‣▪–—]|\d{1,3}[.)]|[a-z][.)])\s+(?=\S)")
# Columns are kept apart by tabs, by dots or by wide gaps.
_GAP = re.compile(r"\t+|\s*\.{4,}\s*|\s{3,}")
_RULE = re.compile(r"^\s*([=\-_*~])\1{3,}\s*$")
_ENDS = (".", ",", ";", "!", "…")
LONGEST_HEADING = 80
MOST_HEADING_WORDS = 10


def read_text(text: str) -> Iterator[Block]:
    """The blocks of a plain text, in order. Blank lines part its paragraphs."""
    for part in re.split(r"\n[ \t]*\n+", text):
        yield from _read_part([line.rstrip() for line in part.split("\n") if line.strip()])


def looks_like_heading(line: str) -> bool:
    """Whether a line that stands alone reads like a heading: short, with a letter, no end of a sentence."""
    words = line.strip()
    return (
        0 < len(words) <= LONGEST_HEADING
        and len(words.split()) <= MOST_HEADING_WORDS
        and not words.endswith(_ENDS)
        and any(c.isalpha() for c in words)
        and not BULLET.match(line)
        and len(_GAP.split(words)) == 1
    )


def _read_part(lines: list[str]) -> Iterator[Block]:
    """One part between blank lines: a heading may stand right above the rest."""
    if len(lines) >= 2 and _RULE.match(lines[1]) and not _RULE.match(lines[0]):
        level = 1 if lines[1].lstrip().startswith("=") else 2
        yield Block(kind=BlockKind.HEADING, text=lines[0].strip(), level=level)
        lines = lines[2:]
    lines = [line for line in lines if not _RULE.match(line)]
    if lines and (
        _is_capitals(lines[0]) or (len(lines) == 1 and looks_like_heading(lines[0]) and _is_titled(lines[0]))
    ):
        yield Block(kind=BlockKind.HEADING, text=lines[0].strip(), level=2)
        lines = lines[1:]
    for kind, group in groupby(lines, key=_kind_of):
        yield from _block_of(kind, list(group))


def _kind_of(line: str) -> BlockKind:
    if BULLET.match(line):
        return BlockKind.LIST
    return BlockKind.TABLE if len(_GAP.split(line.strip())) > 1 else BlockKind.PARAGRAPH


def _block_of(kind: BlockKind, lines: Sequence[str]) -> Iterator[Block]:
    if kind == BlockKind.LIST:
        yield Block(kind=kind, text="\n".join(BULLET.sub("", line).strip() for line in lines))
    elif kind == BlockKind.TABLE:
        table = table_of([_GAP.split(line.strip()) for line in lines])
        if table:
            yield table
    else:
        yield Block(kind=kind, text="\n".join(line.strip() for line in lines))


def _is_capitals(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    return len(letters) > 3 and line == line.upper() and looks_like_heading(line)


def _is_titled(line: str) -> bool:
    """A lone line is a heading when it begins with a capital and is no sentence."""
    words = line.strip()
    return (words[0].isupper() and ":" not in words[:-1] and not words.endswith("?")) or words.endswith(":")
