"""Markdown, by markdown-it."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.extraction.rows import table_of
from knowledge.types import Block, BlockKind

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
# A text of nested quotes or lists must not make the parser climb for ever.
_DEEPEST = 30


def read_markdown(text: str) -> Iterator[Block]:
    """The blocks of a Markdown text, in order."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST}).enable("table").disable("code")
    tokens = parser.parse(_FRONT_MATTER.sub("", text))
    place = 0
    while place < len(tokens):
        token = tokens[place]
        end = _end_of(tokens, place)
        yield from _block(token, tokens[place : end + 1])
        place = end + 1


def _end_of(tokens: list[Token], start: int) -> int:
    """Where the thing that opens at `start` is closed; `start` itself for what is one token."""
    depth = 0
    for place in range(start, len(tokens)):
        depth += tokens[place].nesting
        if depth <= 0:
            return place
    return len(tokens) - 1


def _block(token: Token, inside: list[Token]) -> Iterator[Block]:
    match token.type:
        case "heading_open":
            yield from _spoken(BlockKind.HEADING, inside, level=int(token.tag[1]))
        case "bullet_list_open" | "ordered_list_open":
            yield from _kept(BlockKind.LIST, "\n".join(_items(inside)))
        case "table_open":
            table = table_of(_rows(inside), has_header=True)
            yield from [table] if table else []
        case "fence":
            yield from _kept(BlockKind.PARAGRAPH, token.content)
        case "blockquote_open":
            for part in inside:
                yield from _spoken(BlockKind.PARAGRAPH, [part])
        case _:
            yield from _spoken(BlockKind.PARAGRAPH, inside)


def _spoken(kind: BlockKind, inside: list[Token], *, level: int = 0) -> Iterator[Block]:
    yield from _kept(kind, " ".join(_words(part) for part in inside if part.type == "inline"), level=level)


def _kept(kind: BlockKind, text: str, *, level: int = 0) -> Iterator[Block]:
    if text.strip():
        yield Block(kind=kind, text=text.strip(), level=level)


def _items(inside: list[Token]) -> Iterator[str]:
    """One line an item; what stands in it further in follows it."""
    words: list[str] = []
    for part in inside:
        if part.type == "list_item_open" and words:
            yield " ".join(words)
            words = []
        elif part.type == "inline":
            words.append(_words(part).replace("\n", " "))
    if words:
        yield " ".join(words)


def _rows(inside: list[Token]) -> list[list[str]]:
    rows: list[list[str]] = []
    for part in inside:
        if part.type == "tr_open":
            rows.append([])
        elif part.type == "inline" and rows:
            rows[-1].append(_words(part))
    return rows


def _words(inline: Token) -> str:
    """What is to be read of a run of text: marks go, a link keeps its words, a picture what it shows."""
    words = []
    for part in inline.children or []:
        if part.type in ("softbreak", "hardbreak"):
            words.append("\n")
        else:
            words.append(part.content)
    return "".join(words).strip()
