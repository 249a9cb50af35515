"""Reading one document of any kind."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from knowledge.extraction.kinds import HEAD_BYTES, Kind, kind_of_text, recognise
from knowledge.extraction.refusals import Unreadable
from knowledge.types import Block

_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
# With fewer letters and digits than these there is nothing to tell anybody.
_FEWEST_SIGNS = 3
_PROGRESS_EVERY_S = 0.5


@dataclass(frozen=True)
class Limits:
    """What one document may hold."""

    most_pages: int
    most_chars: int


@dataclass(frozen=True)
class Read:
    """A document that was read. `page_count` is None where the format has no pages; `bare_pages` hold no text."""

    kind: Kind
    blocks: Iterator[Block]
    page_count: int | None = None
    bare_pages: int = 0


def read_document(content: bytes, *, limits: Limits, progress: Callable[[int, int], None]) -> Read:
    """Recognise and read a document.

    Raises:
        Unreadable: now, or while its blocks are taken.
    """
    kind = recognise(content[:HEAD_BYTES])
    if kind == Kind.PDF:
        from knowledge.extraction.pdf_pages import read_pdf

        blocks, pages, bare = read_pdf(
            content, most_pages=limits.most_pages, most_chars=limits.most_chars, progress=_seldom(progress)
        )
        return Read(kind=kind, blocks=_something(blocks), page_count=pages, bare_pages=bare)
    if kind == Kind.DOCX:
        from knowledge.extraction.docx_files import read_docx

        return Read(kind=kind, blocks=_something(read_docx(content, most_chars=limits.most_chars)))
    if kind == Kind.WORD97:
        raise Unreadable("encrypted" if _ENCRYPTED_OFFICE in content else "old_word")
    if kind is None:
        raise Unreadable("unsupported" if content.strip() else "empty")
    return _read_text(content, limits)


def _read_text(content: bytes, limits: Limits) -> Read:
    from knowledge.extraction.csv_tables import read_csv
    from knowledge.extraction.decoding import decode
    from knowledge.extraction.html_pages import read_html
    from knowledge.extraction.markdown_text import read_markdown
    from knowledge.extraction.plain_text import read_text

    text = decode(content)
    kind = kind_of_text(text)
    if kind != Kind.HTML and len(text) > limits.most_chars:
        raise Unreadable("too_much_text")
    readers = {Kind.HTML: read_html, Kind.CSV: read_csv, Kind.MARKDOWN: read_markdown, Kind.TEXT: read_text}
    return Read(kind=kind, blocks=_something(_bounded(readers[kind](text), limits.most_chars)))


def _bounded(blocks: Iterable[Block], most_chars: int) -> Iterator[Block]:
    for block in blocks:
        most_chars -= len(block.text)
        if most_chars < 0:
            raise Unreadable("too_much_text")
        yield block


def _something(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, if anything is said in them.

    Raises:
        Unreadable: at the end, when there was not.
    """
    signs = 0
    for block in blocks:
        if signs < _FEWEST_SIGNS:
            signs += sum(1 for c in block.text + block.header if c.isalnum())
        yield block
    if signs < _FEWEST_SIGNS:
        raise Unreadable("empty")


def _seldom(progress: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Told at most twice a second, and of the beginning and the end."""
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        moment = time.monotonic()
        if done in (0, total) or moment - last >= _PROGRESS_EVERY_S:
            last = moment
            progress(done, total)

    return tell
