"""Lines of pages made into headings, paragraphs, lists and tables, by how large they are and where they stand."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from knowledge.extraction.pdf_lines import Line, join_lines
from knowledge.extraction.plain_text import BULLET, LONGEST_HEADING, looks_like_heading
from knowledge.extraction.rows import names_columns, table_of
from knowledge.types import Block, BlockKind

# In sizes of the body's font: a heading is at least this large; lines further apart belong to two paragraphs.
_LARGER = 1.12
_PARAGRAPH_GAP = 0.75
# Points by which the beginnings of a column's cells may differ.
_ALIGNED = 6.0
# In sizes of the font: what one row of a table takes at most.
_TALLEST_ROW = 8


def blocks_of(pages: Iterable[list[Line]]) -> Iterator[Block]:
    """The blocks of all pages. Paragraphs and tables end with their page."""
    every = list(pages)
    body = body_size(every)
    levels = _heading_levels(every, body)
    for lines in every:
        for run in _runs(lines, body):
            yield from _blocks_of_run(run, body, levels)


def body_size(pages: list[list[Line]]) -> float:
    """The size in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[_rounded(line.size)] += len(line.text)
    return max(sizes, key=sizes.__getitem__, default=10.0)


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _heading_levels(pages: list[list[Line]], body: float) -> dict[float, int]:
    """Which level of heading a size is: the larger, the higher."""
    sizes = {_rounded(line.size) for lines in pages for line in lines if is_larger(line, body)}
    return {size: min(level, 5) for level, size in enumerate(sorted(sizes, reverse=True), start=1)}


def is_larger(line: Line, body: float) -> bool:
    words = line.text
    return _rounded(line.size) >= body * _LARGER and len(line.cells) == 1 and len(words) <= 2 * LONGEST_HEADING


def _is_heading(line: Line, body: float) -> bool:
    if len(line.cells) > 1 or not any(c.isalpha() for c in line.text):
        return False
    return is_larger(line, body) or (line.is_bold and looks_like_heading(line.text))


def _runs(lines: list[Line], body: float) -> Iterator[list[Line]]:
    """Lines that belong together: one kind (heading, rows, prose), close to each other."""
    run: list[Line] = []
    for line in lines:
        if run and not _continues(run, line, body):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _continues(run: list[Line], line: Line, body: float) -> bool:
    last = run[-1]
    gap = last.bottom - line.top
    if _is_heading(line, body) != _is_heading(last, body):
        return False
    if _is_heading(line, body):
        return _rounded(line.size) == _rounded(last.size) and -last.size < gap < 0.6 * line.size and not last.is_bold
    in_table = len(run[0].cells) > 1
    if len(line.cells) > 1:
        return in_table and gap < 4 * line.size
    if in_table:
        return -_TALLEST_ROW * last.size < gap < _PARAGRAPH_GAP * line.size and _column_of(line, run) is not None
    return -last.size < gap < _PARAGRAPH_GAP * max(line.size, last.size)


def _column_of(line: Line, run: list[Line]) -> int | None:
    """The column that a line with one cell goes on, where it is not the first: a cell that was wrapped."""
    for index, cell in enumerate(run[-1].cells[1:], start=1):
        if abs(cell.left - line.left) <= _ALIGNED:
            return index
    return None


def _blocks_of_run(run: list[Line], body: float, levels: dict[float, int]) -> Iterator[Block]:
    page = run[0].page
    if _is_heading(run[0], body):
        level = levels.get(_rounded(run[0].size), min(len(levels) + 1, 6))
        yield Block(kind=BlockKind.HEADING, text=join_lines(run), level=level, page=page)
    elif len(run[0].cells) > 1 and (len(run) > 1 or len(run[0].cells) > 2):
        yield from _table(run, page)
    else:
        yield from _prose(run, page)


def _table(run: list[Line], page: int) -> Iterator[Block]:
    columns = _columns(run)
    rows: list[list[str]] = []
    for line in run:
        column = _column_of(line, run) if len(line.cells) == 1 and rows else None
        if column is not None:
            place = min(column, len(rows[-1]) - 1)
            rows[-1][place] = f"{rows[-1][place]} {line.text}".strip()
            continue
        row = [""] * len(columns)
        for cell in line.cells:
            place = min(range(len(columns)), key=lambda index: abs(columns[index] - cell.left))
            row[place] = f"{row[place]} {cell.text}".strip()
        rows.append(row)
    has_header = (run[0].is_bold and not all(line.is_bold for line in run)) or names_columns(rows)
    table = table_of(rows, page=page, has_header=has_header)
    if table:
        yield table


def _columns(run: list[Line]) -> list[float]:
    """Where the columns begin: the places that cells begin at, those close together as one."""
    lefts = sorted(cell.left for line in run for cell in line.cells)
    starts = [lefts[0]]
    starts += [right for left, right in pairwise(lefts) if right - left > _ALIGNED]
    return starts


def _prose(run: list[Line], page: int) -> Iterator[Block]:
    """Paragraphs, and the lists among them."""
    items: list[list[Line]] = []
    paragraph: list[Line] = []
    widest = max(line.cells[-1].right for line in run)
    for line in run:
        if BULLET.match(line.text):
            items.append([line])
        elif items and (line.left > items[-1][0].left + 1 or items[-1][-1].cells[-1].right > 0.9 * widest):
            items[-1].append(line)
        else:
            yield from _list(items, page)
            items = []
            paragraph.append(line)
            continue
        yield from _paragraph(paragraph, page)
        paragraph = []
    yield from _paragraph(paragraph, page)
    yield from _list(items, page)


def _paragraph(lines: list[Line], page: int) -> Iterator[Block]:
    if lines:
        yield Block(kind=BlockKind.PARAGRAPH, text=join_lines(lines), page=page)


def _list(items: list[list[Line]], page: int) -> Iterator[Block]:
    if items:
        text = "\n".join(BULLET.sub("", join_lines(item)).strip() for item in items)
        yield Block(kind=BlockKind.LIST, text=text, page=page)
