"""Rows of cells made into a table's block, whatever format they come from."""

import re
from collections.abc import Sequence

from knowledge.types import Block, BlockKind

CELL_SEPARATOR = " | "
_SPACE = re.compile(r"\s+")
_FIGURE = re.compile(r"\d")


def line_of(cells: Sequence[str]) -> str:
    """One row as a line; its last cells may be empty, those between stay to keep columns apart."""
    tidy = [_SPACE.sub(" ", cell).strip() for cell in cells]
    while tidy and not tidy[-1]:
        tidy.pop()
    return CELL_SEPARATOR.join(tidy)


def table_of(rows: Sequence[Sequence[str]], *, page: int | None = None, has_header: bool | None = None) -> Block | None:
    """A table's block, None when nothing is in it.

    Args:
        has_header: whether the first row names the columns; None: look at it.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return None
    if has_header is None:
        has_header = names_columns(filled)
    lines = [line_of(row) for row in filled]
    if has_header and len(lines) > 1:
        return Block(kind=BlockKind.TABLE, text="\n".join(lines[1:]), page=page, header=lines[0])
    return Block(kind=BlockKind.TABLE, text="\n".join(lines), page=page)


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row looks like names of columns: short words without figures, above rows that have some."""
    first, others = rows[0], rows[1:]
    cells = [cell.strip() for cell in first]
    if len(cells) < 2 or not others or any(_FIGURE.search(cell) or len(cell) > 60 for cell in cells):
        return False
    named = [cell for cell in cells if cell]
    if len(named) < len(cells) - 1 or len({cell.casefold() for cell in named}) < len(named):
        return False
    return any(_FIGURE.search(cell) for row in others for cell in row) or len(others) > 1
