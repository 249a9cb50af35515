"""Word files (.docx), opened by python-docx once the archive is known to be no bomb."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from knowledge.extraction.refusals import Unreadable
from knowledge.extraction.rows import table_of
from knowledge.types import Block, BlockKind

_MAIN_PART = "word/document.xml"
_MOST_ENTRIES = 5_000
_MOST_UNPACKED = 200 * 1024 * 1024
# Of one part that is parsed whole: its tree takes some ten times as much memory.
_MOST_XML = 40 * 1024 * 1024
_LARGE_XML = 10 * 1024 * 1024
_HEADING_STYLES = {"title": 1, "heading 1": 1, "subtitle": 2, **{f"heading {n}": min(n, 6) for n in range(2, 10)}}
_DAMAGED = (
    KeyError, ValueError, AttributeError, EOFError, OSError, NotImplementedError, zipfile.BadZipFile, zlib.error,
    PackageNotFoundError,
)  # fmt: skip


def read_docx(content: bytes, *, most_chars: int) -> Iterator[Block]:
    """The blocks of a Word file, in order, with what stands in its heads and feet at the end, once.

    Raises:
        Unreadable: a bomb, encrypted, damaged, another kind of archive, or too much text.
    """
    largest = _check_archive(content)
    try:
        document = Document(io.BytesIO(content))
        blocks = [*_body(document.element.body, _styles_of(document)), *_margins(document)]
    except etree.XMLSyntaxError as error:  # also how lxml says that it ran out of memory
        raise Unreadable("too_hungry" if largest > _LARGE_XML else "corrupt") from error
    except _DAMAGED as error:
        raise Unreadable("corrupt") from error
    if sum(len(block.text) for block in blocks) > most_chars:
        raise Unreadable("too_much_text")
    yield from blocks


def _check_archive(content: bytes) -> int:
    """Look at what the archive says of itself before anything is unpacked; what lies about it is cut off later.

    Returns the size of its largest part of XML.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable("corrupt") from error
    sizes = {entry.filename: entry.file_size for entry in entries}
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise Unreadable("unpacks_too_large")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("encrypted")
    if _MAIN_PART not in sizes or "[Content_Types].xml" not in sizes:
        raise Unreadable("unsupported")
    largest = max(size for name, size in sizes.items() if name.endswith((".xml", ".rels")))
    if largest > _MOST_XML:
        raise Unreadable("unpacks_too_large")
    return largest


def _body(body: Any, styles: dict[str, str]) -> Iterator[Block]:
    items: list[str] = []
    for element in _elements(body):
        if element.tag == qn("w:p"):
            text, level, is_item = _paragraph(element, styles)
            if is_item and text:
                items.append(text.replace("\n", " "))
                continue
            yield from _list(items)
            if text:
                kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
                yield Block(kind=kind, text=text, level=level)
        elif element.tag == qn("w:tbl"):
            yield from _list(items)
            yield from _table(element)
    yield from _list(items)


def _elements(body: Any) -> Iterator[Any]:
    """Paragraphs and tables, also those inside content controls."""
    stack = list(reversed(body))
    while stack:
        element = stack.pop()
        if element.tag == qn("w:sdt"):
            inner = element.find(qn("w:sdtContent"))
            stack.extend(reversed(inner if inner is not None else []))
        else:
            yield element


def _list(items: list[str]) -> Iterator[Block]:
    if items:
        yield Block(kind=BlockKind.LIST, text="\n".join(items))
        items.clear()


def _paragraph(element: Any, styles: dict[str, str]) -> tuple[str, int, bool]:
    """Its text, its level as a heading (0: none), and whether it is an item of a list."""
    text = _text(element)
    style = _style_name(element, styles)
    level = _HEADING_STYLES.get(style, 0)
    is_item = not level and (style.startswith("list") or element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None)
    return text, level, is_item


def _style_name(element: Any, styles: dict[str, str]) -> str:
    node = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return styles.get(node.get(qn("w:val")), "") if node is not None else ""


def _styles_of(document: Any) -> dict[str, str]:
    """Style ids and their names, in lower case. A file without styles has none: python-docx would open its own."""
    try:
        element = document.part.part_related_by(RELATIONSHIP_TYPE.STYLES).element
    except KeyError:
        return {}
    names = {}
    for style in element.iter(qn("w:style")):
        name = style.find(qn("w:name"))
        names[style.get(qn("w:styleId"))] = (name.get(qn("w:val")) if name is not None else "").lower()
    return names


def _text(element: Any) -> str:
    """What is to be read in an element, without what was deleted with changes tracked."""
    words: list[str] = []
    for node in element.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen")):
        if node.tag == qn("w:t"):
            words.append(node.text or "")
        elif node.tag == qn("w:noBreakHyphen"):
            words.append("-")
        elif node.getparent().tag == qn("w:r"):  # in a style it is the place of a tab
            words.append("\t" if node.tag == qn("w:tab") else "\n")
    return "\n".join(line.strip() for line in "".join(words).split("\n") if line.strip())


def _table(table: Any) -> Iterator[Block]:
    rows = [
        [_text(cell).replace("\n", " ") for cell in row.iterchildren(qn("w:tc"))]
        for row in table.iterchildren(qn("w:tr"))
    ]
    first = table.find(qn("w:tr"))
    marked = first is not None and first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    found = table_of(rows, has_header=True if marked else None)
    if found:
        yield found


def _margins(document: Any) -> Iterator[Block]:
    """Heads and feet: a clinic's address often stands nowhere else."""
    seen: set[str] = set()
    for section in document.sections:
        for margin in (section.header, section.footer):
            if margin.is_linked_to_previous:
                continue
            text = "\n".join(filter(None, (_text(line) for line in margin.part.element.iter(qn("w:p")))))
            if any(c.isalpha() for c in text) and text not in seen:
                seen.add(text)
                yield Block(kind=BlockKind.PARAGRAPH, text=text)
