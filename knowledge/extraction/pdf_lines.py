"""The lines of a PDF's page: their words where they stand, how large and how bold."""

import ctypes
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

# In sizes of the font: words further apart than this stand in different columns.
COLUMN_GAP = 1.5
# Lines that one cell of a table is wrapped into, at most.
_MOST_WRAPPED = 6
_BREAKS = frozenset("\r\n")
_SPACES = frozenset(" \t\u00a0\u2002\u2003\u2009")
# How PDFium marks a hyphen at the end of a line that joins two halves of a word, and what it does not know.
_JOINS = frozenset("\u0002\ufffe")
# Beginnings of words that are written with a hyphen wherever they stand ("check-up"), so it stays.
_KEEP_HYPHEN = frozenset(
    (
        "after", "check", "co", "cross", "drop", "e", "ex", "extra", "follow", "full", "half", "high", "in", "large",
        "long", "low", "non", "off", "on", "one", "out", "over", "part", "pay", "post", "pre", "pro", "re", "run",
        "self", "semi", "set", "short", "small", "so", "sub", "super", "t", "top", "two", "under", "up", "walk",
        "well", "x",
    )
)  # fmt: skip
_BOLD = ("bold", "black", "heavy", "semibold")


@dataclass
class Cell:
    """Words that stand together. Positions in points, from the left."""

    left: float
    right: float
    text: str


@dataclass
class Line:
    """One line. `top` and `bottom` in points from the bottom of the page, `size` that of its font."""

    cells: list[Cell]
    top: float
    bottom: float
    size: float
    is_bold: bool
    joins: bool = False
    page: int = 0

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        return self.cells[0].left


@dataclass
class _Word:
    left: float
    right: float
    top: float
    bottom: float
    text: str


@dataclass
class _Reading:
    """A line while its characters come in."""

    words: list[_Word] = field(default_factory=list)
    first_char: int = -1
    joins: bool = False


def lines_of(text_page: Any, *, most_chars: int) -> list[Line]:
    """The lines of one page, in the order in which the page holds them; what shares a line is one line.

    Args:
        text_page: PDFium's handle of it.
        most_chars: how many characters are looked at at most.
    """
    count = min(max(pdfium.FPDFText_CountChars(text_page), 0), most_chars)
    lines: list[Line] = []
    for reading in _read(text_page, count):
        line = _line_of(text_page, reading)
        beside = _beside(lines, line)
        if beside:
            lines[-beside:] = [_one_row(lines[-beside:], line)]
        else:
            lines.append(line)
    return lines


def join_lines(lines: Sequence[Line]) -> str:
    """Lines as one text; a word that was parted at a line's end is one word again."""
    text = ""
    for line in lines:
        text += line.text
        if not line.joins:
            text += " "
        elif text.rpartition(" ")[2].casefold() in _KEEP_HYPHEN:
            text += "-"
    return text.strip()


def _read(page: Any, count: int) -> Iterator[_Reading]:
    """Words by lines, as PDFium breaks them."""
    reading, start, letters = _Reading(), -1, ""
    for index in itertools.chain(range(count), [-1]):
        letter = "\n" if index < 0 else _letter(pdfium.FPDFText_GetUnicode(page, index))
        if letter and letter not in _BREAKS and letter not in _SPACES and letter not in _JOINS:
            start = index if start < 0 else start
            letters += letter
            continue
        if start >= 0:
            end = index if index > 0 else count
            reading.words.append(_word(page, start, end - 1, letters))
            reading.first_char = start if reading.first_char < 0 else reading.first_char
            start, letters = -1, ""
        reading.joins = reading.joins or letter in _JOINS
        if (letter in _BREAKS or letter in _JOINS) and reading.words:
            yield reading
            reading = _Reading()


def _letter(code: int) -> str:
    if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return ""
    return chr(code)


def _word(page: Any, first: int, last: int, letters: str) -> _Word:
    left, bottom, right, top = _box(page, first)
    if last > first:
        _, low, right, high = _box(page, last)
        bottom, top = min(bottom, low), max(top, high)
    return _Word(left=left, right=right, top=top, bottom=bottom, text=letters)


def _box(page: Any, index: int) -> tuple[float, float, float, float]:
    rect = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(page, index, rect)
    return rect.left, rect.bottom, rect.right, rect.top


def _line_of(page: Any, reading: _Reading) -> Line:
    words = reading.words
    size = max(pdfium.FPDFText_GetFontSize(page, reading.first_char), 1.0)
    height = max(word.top - word.bottom for word in words)
    size = height if size < height / 3 or size > height * 3 else size  # a scaled font says nothing
    cells = [Cell(words[0].left, words[0].right, words[0].text)]
    for word in words[1:]:
        cell = cells[-1]
        if word.left - cell.right > COLUMN_GAP * size or word.left < cell.left:
            cells.append(Cell(word.left, word.right, word.text))
        else:
            cell.text, cell.right = f"{cell.text} {word.text}", word.right
    return Line(
        cells=cells,
        top=max(word.top for word in words),
        bottom=min(word.bottom for word in words),
        size=size,
        is_bold=_is_bold(page, reading.first_char),
        joins=reading.joins,
    )


def _beside(lines: list[Line], line: Line) -> int:
    """How many of the last lines stand to the left of this one, at its height: more when their cell was wrapped."""
    top = bottom = 0.0
    for count, earlier in enumerate(reversed(lines[-_MOST_WRAPPED:]), start=1):
        if earlier.cells[-1].right > line.left or (count > 1 and not _wraps_into(earlier, lines[-count + 1])):
            return 0
        top, bottom = max(top, earlier.top) if count > 1 else earlier.top, earlier.bottom if count == 1 else bottom
        if min(top, line.top) - max(bottom, line.bottom) > 0.6 * min(line.top - line.bottom, top - bottom):
            return count
    return 0


def _wraps_into(line: Line, following: Line) -> bool:
    """Whether a line goes on in the one below: one cell each, beginning at the same place, close together."""
    return (
        len(line.cells) == len(following.cells) == 1
        and abs(line.left - following.left) < 1
        and line.bottom - following.top < 1.2 * line.size
    )


def _one_row(wrapped: list[Line], line: Line) -> Line:
    """A row whose first cell is these lines; of a line that was drawn in pieces it is one."""
    first = wrapped[0]
    if len(wrapped) > 1:
        words = join_lines(wrapped)
        first.cells = [Cell(first.left, max(part.cells[-1].right for part in wrapped), words)]
    first.cells.extend(line.cells)
    first.top = max(first.top, line.top)
    first.bottom = min(wrapped[-1].bottom, line.bottom)
    first.joins = line.joins
    return first


def _is_bold(page: Any, index: int) -> bool:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(page, index, name, len(name), flags)
    if any(word in name.value.decode("utf-8", "replace").lower() for word in _BOLD):
        return True
    return bool(pdfium.FPDFText_GetFontWeight(page, index) >= 600)
