"""Making the files that a clinic would hand in, from a few marks of Markdown: headings, paragraphs, lists, tables."""

import io
import logging
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from docx import Document
from fpdf import FPDF

from knowledge.tests.quality.clinics import Paper

FONT = Path(__file__).parents[3] / "calls" / "actions" / "fonts" / "DejaVuSans.ttf"
logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of every glyph
_HEADING_SIZES = {1: 20, 2: 14, 3: 12}


def printed(paper: Paper) -> bytes:
    """The file as it would be uploaded."""
    return {"pdf": _pdf, "docx": _docx, "txt": _txt}[paper.kind](paper.text)


def _parts(text: str) -> Iterator[tuple[int, list[str]]]:
    """Headings with their level, tables (level -1), everything else (level 0), each with its lines."""
    for _, group in groupby(text.splitlines(), key=lambda line: (bool(line.strip()), line.startswith("|"))):
        lines = [line.strip() for line in group if line.strip()]
        if not lines:
            continue
        marks = len(lines[0]) - len(lines[0].lstrip("#"))
        yield (-1, lines) if lines[0].startswith("|") else (marks, [line.lstrip("# ") for line in lines])


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def _pdf(text: str) -> bytes:
    page = FPDF(format="A4")
    font = "Helvetica"  # embeds nothing, which is quicker, but has no euro sign
    if not text.isascii() and not text.replace("£", "").isascii():
        font = "DejaVu"
        page.add_font(font, fname=FONT)
    page.set_margin(20)
    page.add_page()
    for level, lines in _parts(text):
        page.set_font(font, size=_HEADING_SIZES.get(level, 10))
        if level >= 0:
            page.multi_cell(0, 6 if level == 0 else 10, " ".join(lines), new_x="LMARGIN", new_y="NEXT", align="L")
            page.ln(3)
            continue
        with page.table(first_row_as_headings=False, text_align="LEFT") as table:
            for line in lines:
                table.row(_cells(line))
        page.ln(4)
    return bytes(page.output())


def _docx(text: str) -> bytes:
    document = Document()
    for level, lines in _parts(text):
        if level > 0:
            document.add_heading(" ".join(lines), level=level)
        elif level == 0:
            document.add_paragraph(" ".join(lines))
        else:
            rows = [_cells(line) for line in lines]
            table = document.add_table(rows=0, cols=len(rows[0]))
            for row in rows:
                for cell, words in zip(table.add_row().cells, row, strict=True):
                    cell.text = words
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _txt(text: str) -> bytes:
    """As somebody types it: headings in capitals or underlined, columns kept apart by tabs, lines not too long."""
    said: list[str] = []
    for level, lines in _parts(text):
        if level == 1:
            said += [lines[0], "=" * len(lines[0])]
        elif level > 1:
            said += [lines[0].upper()]
        elif level == 0:
            said += [*lines, ""]
        else:
            said += ["\t".join(cell for cell in _cells(line) if cell) for line in lines] + [""]
    return "\n".join(said).encode()
