"""A transcript on paper: A4, any script that DejaVu Sans has, pages numbered."""

import logging
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from calls.actions.right_to_left import in_written_order, is_right_to_left, join_letters
from calls.actions.transcript import Transcript
from voxanne.clock import now

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
MARGIN_MM, FACTS_MM = 20, 32
INK, MUTED = 30, 110
# Join characters or choose how an emoji looks; nothing to draw.
_INVISIBLE = {"\u200d", "\ufe0e", "\ufe0f"}


class _Style(NamedTuple):
    """How a paragraph looks."""

    size_pt: float
    line_mm: float
    colour: int


_HEADING = _Style(15, 8, INK)
_FACT = _Style(9, 5, INK)
_SPEAKER = _Style(8, 5, MUTED)
_SPEECH = _Style(10, 5.4, INK)

# It would write the letters that a font lacks into the log.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class _Paper(FPDF):
    """Pages with their numbers. Each word's width is measured once."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self._widths: dict[tuple[float, str], float] = {}

    def measure(self, text: str) -> float:
        """How wide it is in the size that is set, in millimetres."""
        key = (self.font_size_pt, text)
        width = self._widths.get(key)
        if width is None:
            width = self._widths[key] = self.get_string_width(text)
        return width

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font_size(8)
        self.set_text_color(MUTED)
        self.cell(0, 6, f"{self.page_no()} / {{nb}}", align=Align.C)


def render_pdf(transcript: Transcript) -> bytes:
    """The file. What the font cannot draw becomes an empty box; nothing makes it fail."""
    paper = _start(transcript.title)
    _write(paper, transcript.title, _HEADING)
    paper.ln(2)
    for name, value in transcript.facts:
        paper.set_font_size(_FACT.size_pt)
        paper.set_text_color(MUTED)
        paper.cell(FACTS_MM, _FACT.line_mm, name)
        _write(paper, value, _FACT)
    paper.ln(5)
    for line in transcript.lines:
        if paper.will_page_break(_SPEAKER.line_mm + _SPEECH.line_mm):
            paper.add_page()
        _write(paper, f"{line.name}  {line.clock}".strip(), _SPEAKER)
        _write(paper, line.text, _SPEECH)
        paper.ln(1.6)
    return bytes(paper.output())


def _start(title: str) -> _Paper:
    paper = _Paper()
    paper.set_margin(MARGIN_MM)
    paper.set_auto_page_break(True, margin=MARGIN_MM)
    paper.add_font("DejaVu", fname=FONT)
    paper.set_font("DejaVu", size=10)
    paper.set_title(_drawable(title))
    paper.set_lang("en-GB")
    paper.set_creation_date(now())
    paper.add_page()
    return paper


def _write(paper: _Paper, text: str, style: _Style) -> None:
    """One paragraph from where the pen is, wrapped; the pen goes to the line below it."""
    paper.set_font_size(style.size_pt)
    paper.set_text_color(style.colour)
    words, left = _drawable(text), paper.get_x()
    room = paper.w - paper.r_margin - left - 2 * paper.c_margin
    turns = is_right_to_left(words)
    for line in _wrap(paper, join_letters(words) if turns else words, room):
        paper.set_x(left)
        shown, align = (in_written_order(line), Align.R) if turns else (line, Align.L)
        paper.cell(0, style.line_mm, shown, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _wrap(paper: _Paper, text: str, room: float) -> Iterator[str]:
    """The text in lines that fit, broken between words, and inside a word that fits nowhere.

    By hand, because the library measures every line anew at each of its letters.
    """
    space = paper.measure(" ")
    for paragraph in text.split("\n"):
        line, used = list[str](), 0.0
        for word in _breakable(paper, paragraph, room):
            width = paper.measure(word)
            if line and used + space + width > room:
                yield " ".join(line)
                line, used = [], 0.0
            used += width + (space if line else 0)
            line.append(word)
        yield " ".join(line)


def _breakable(paper: _Paper, paragraph: str, room: float) -> Iterator[str]:
    """Its words; one that is wider than a line in pieces, which takes no longer than measuring its characters once."""
    for word in paragraph.split():
        if paper.measure(word) <= room:
            yield word
            continue
        piece, used = "", 0.0
        for character in word:
            width = paper.measure(character)
            if piece and used + width > room:
                yield piece
                piece, used = "", 0.0
            piece += character
            used += width
        yield piece


def _drawable(text: str) -> str:
    """Without control characters and what only changes its neighbours."""
    return "".join(
        character
        for character in text
        if character == "\n" or (character not in _INVISIBLE and unicodedata.category(character) not in {"Cc", "Cs"})
    )
