"""PDF files, page by page, by PDFium."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import pypdfium2
import pypdfium2.raw as pdfium

from knowledge.extraction.pdf_layout import blocks_of, body_size, is_larger
from knowledge.extraction.pdf_lines import Line, lines_of
from knowledge.extraction.refusals import Unreadable
from knowledge.types import Block

# A page that repeats a line on this share of all pages has it as a running head or foot.
_RUNNING_SHARE = 0.5
_FEWEST_PAGES = 4
_EDGE_LINES = 2
_FIGURES = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"^(page|seite)?\s*#+\s*((of|/|von)\s*#+)?$", re.IGNORECASE)


def read_pdf(
    content: bytes, *, most_pages: int, most_chars: int, progress: Callable[[int, int], None]
) -> tuple[Iterator[Block], int, int]:
    """The blocks of a PDF, how many pages it has, and on how many of them no text is.

    Args:
        progress: told the pages that are read, and how many there are.

    Raises:
        Unreadable: encrypted, damaged, too many pages, too much text, or pictures alone.
    """
    with closing(_open(content)) as document:
        total = len(document)
        if total > most_pages:
            raise Unreadable("too_many_pages")
        if not total:
            raise Unreadable("corrupt")
        progress(0, total)
        pages: list[list[Line]] = []
        left = most_chars
        for number in range(total):
            lines = _read_page(document, number, most_chars=left + 1)
            left -= sum(len(line.text) for line in lines)
            if left < 0:
                raise Unreadable("too_much_text")
            pages.append(lines)
            progress(number + 1, total)
    bare = sum(1 for lines in pages if not lines)
    if bare == total:
        raise Unreadable("scanned")
    return blocks_of(_without_running_lines(pages)), total, bare


def _open(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise Unreadable("encrypted") from error
        raise Unreadable("corrupt") from error


def _read_page(document: pypdfium2.PdfDocument, number: int, *, most_chars: int) -> list[Line]:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return []  # one damaged page does not spoil the others
    try:
        text_page = page.get_textpage()
        try:
            lines = lines_of(text_page.raw, most_chars=most_chars)
        finally:
            text_page.close()
    except pypdfium2.PdfiumError:
        return []
    finally:
        page.close()
    for line in lines:
        line.page = number + 1
    return lines


def _without_running_lines(pages: list[list[Line]]) -> Iterator[list[Line]]:
    """The pages without what stands at the edge of most of them: running heads, feet, page numbers."""
    body = body_size(pages)
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_shape(line, body) for line in _edges(lines)})
    often = max(_FEWEST_PAGES, _RUNNING_SHARE * len(pages))
    for lines in pages:
        shapes = {id(line): _shape(line, body) for line in _edges(lines)}
        yield [
            line
            for line in lines
            if id(line) not in shapes or not (seen[shapes[id(line)]] >= often or _PAGE_NUMBER.match(shapes[id(line)]))
        ]


def _edges(lines: list[Line]) -> list[Line]:
    """What stands highest and lowest on a page."""
    by_height = sorted(lines, key=lambda line: -line.top)
    return by_height[:_EDGE_LINES] + by_height[_EDGE_LINES:][-_EDGE_LINES:]


def _shape(line: Line, body: float) -> str:
    """What makes two lines the same: small ones may count pages, large ones ("Chapter 3") are headings."""
    words = line.text.strip()
    return words if is_larger(line, body) else _FIGURES.sub("#", words)
