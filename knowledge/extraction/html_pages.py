"""HTML pages, by Lexbor: what a visitor would read, without menus, forms and what is hidden."""

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from knowledge.extraction.rows import table_of
from knowledge.types import Block, BlockKind

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNREAD = (
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "nav", "form", "button", "select",
    "dialog", "menu", "head", "[hidden]", '[aria-hidden="true"]', '[role="navigation"]', '[role="dialog"]',
)  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])")
_LISTS = frozenset({"ul", "ol"})
# Elements that begin a new block; everything else runs on in its line.
_PARTS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "header", "hr", "html", "li", "main", "p", "pre", "section", "summary",
        "td", "th", "tr",
    )
)  # fmt: skip
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


def title_of(html: str) -> str:
    """What the page calls itself; empty when it does not."""
    node = LexborHTMLParser(html).css_first("title")
    return _tidy(node.text()) if node else ""


def read_html(html: str) -> Iterator[Block]:
    """The blocks of a page, in order."""
    tree = LexborHTMLParser(html)
    for node in tree.css(", ".join(_UNREAD)):
        node.decompose()
    for node in tree.css("[style]"):
        if _HIDDEN.search((node.attributes.get("style") or "").lower()):
            node.decompose()
    root = tree.css_first("main") or tree.body
    reader = _Reader()
    if root is not None:
        yield from reader.read(root)
    if root is not None and root.tag == "main":
        # Addresses and opening hours stand in the foot.
        for foot in tree.css("footer"):
            yield from _Reader().read(foot)


class _Reader:
    """Walks a page without recursion: pages may be nested as deep as they like."""

    def __init__(self) -> None:
        self._words: list[str] = []

    def read(self, root: Any) -> Iterator[Block]:
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            node, is_left = stack.pop()
            if is_left:
                yield from self._paragraph()
                continue
            if node.tag == "-text":
                self._words.append(node.text_content or "")
                continue
            block = self._whole(node)
            if block is not None:
                yield from self._paragraph()
                yield from block
                continue
            if node.tag == "br":
                self._words.append("\0")
            if node.tag in _PARTS:
                yield from self._paragraph()
                stack.append((node, True))
            stack.extend((child, False) for child in reversed(list(node.iter(include_text=True))))
        yield from self._paragraph()

    def _whole(self, node: Any) -> list[Block] | None:
        """What is one block with all that is in it; None: look inside."""
        if node.tag in _HEADINGS:
            text = _text(node)
            return [Block(kind=BlockKind.HEADING, text=text, level=_HEADINGS[node.tag])] if text else []
        if node.tag in _LISTS and not node.css("table, h1, h2, h3, h4, h5, h6, p + p"):
            items = "\n".join(filter(None, (_text(item) for item in node.iter() if item.tag == "li")))
            return [Block(kind=BlockKind.LIST, text=items)] if items else []
        if node.tag == "table" and not node.css("table table"):
            return _table(node)
        return None

    def _paragraph(self) -> Iterator[Block]:
        lines = [_tidy(line) for line in "".join(self._words).split("\0")]
        self._words = []
        text = "\n".join(line for line in lines if line)
        if text:
            yield Block(kind=BlockKind.PARAGRAPH, text=text)


def _table(node: Any) -> list[Block] | None:
    """A table's rows; None for one that only lays out a page."""
    rows = [[_text(cell) for cell in row.css("td, th")] for row in node.css("tr")]
    if max((len(row) for row in rows), default=0) < 2:
        return None
    first = node.css_first("tr")
    has_header = bool(first and first.css("th")) and not first.css("td")
    table = table_of(rows, has_header=has_header or None)
    return [table] if table else []


def _text(node: Any) -> str:
    return _tidy(node.text(separator=" "))


def _tidy(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
