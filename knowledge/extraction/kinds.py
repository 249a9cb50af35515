"""What kind of document some bytes are. Their name has no say in it."""

import csv
import io
import re
from enum import StrEnum

HEAD_BYTES = 4096


class Kind(StrEnum):
    """What is read. `WORD97` is told apart for its sentence alone."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    CSV = "text/csv"
    TEXT = "text/plain"
    WORD97 = "application/x-ole-storage"


_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BINARY = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"MZ", b"\x7fELF", b"BZh",
    b"{\\rtf", b"ID3", b"OggS", b"%!PS",
)  # fmt: skip
_HTML = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_MARKDOWN = (
    re.compile(r"^#{1,6} \S", re.MULTILINE),
    re.compile(r"^\|.*\|[ \t]*\n\|[ :|-]+\|[ \t]*$", re.MULTILINE),
    re.compile(r"\[[^\]\n]+\]\([^)\s]+\)"),
    re.compile(r"\*\*[^*\n]+\*\*"),
)
_SAMPLE = 20_000


def recognise(head: bytes) -> Kind | None:
    """The kind of a document by its first `HEAD_BYTES`; None: of no kind that is read.

    `DOCX` may still turn out to be another archive, `TEXT` any kind of text (`kind_of_text`).
    """
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(b"PK\x03\x04"):
        return Kind.DOCX
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Kind.WORD97
    if head.startswith(_TEXT_MARKS):
        return Kind.TEXT
    if head.startswith(_BINARY) or b"\0" in head:
        return None
    controls = sum(1 for byte in head if byte < 32 and byte not in b"\t\n\r\f\x1b")
    return Kind.TEXT if controls * 20 <= len(head) else None


def kind_of_text(text: str) -> Kind:
    """Which kind of text it is, from its beginning."""
    sample = text[:_SAMPLE]
    if _HTML.match(sample):
        return Kind.HTML
    if find_delimiter(sample):
        return Kind.CSV
    return Kind.MARKDOWN if any(mark.search(sample) for mark in _MARKDOWN) else Kind.TEXT


def find_delimiter(sample: str) -> str:
    """The character between the columns of a CSV file, where nearly every line has as many; else nothing."""
    lines = sample.splitlines()
    if len(sample) >= _SAMPLE:
        lines = lines[:-1]  # which was cut
    sample = "\n".join(lines)
    for delimiter in (",", ";", "\t"):
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if any(row)]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=0)
        fitting = sum(1 for width in widths if width == usual)
        if usual >= 2 and len(widths) >= 2 and fitting >= 0.9 * len(widths) and _looks_like_cells(sample, delimiter):
            return delimiter
    return ""


def _looks_like_cells(sample: str, delimiter: str) -> bool:
    """Prose has commas too: most cells of a table are short, and no space stands before its comma-separated cells."""
    if delimiter != ",":
        return True
    cells = [cell for row in csv.reader(io.StringIO(sample)) for cell in row]
    spaced = sum(1 for row in csv.reader(io.StringIO(sample)) for cell in row[1:] if cell.startswith(" "))
    return spaced * 2 < max(1, len(cells))
