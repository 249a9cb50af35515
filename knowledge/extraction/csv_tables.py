"""CSV files: one table, its first row the header where it names the columns."""

import csv
import io
from collections.abc import Iterator

from knowledge.extraction.kinds import find_delimiter
from knowledge.extraction.rows import table_of
from knowledge.types import Block

_LONGEST_CELL = 1_000_000


def read_csv(text: str) -> Iterator[Block]:
    """The table of a CSV file, whatever stands between its columns."""
    csv.field_size_limit(_LONGEST_CELL)
    rows = list(csv.reader(io.StringIO(text), delimiter=find_delimiter(text) or ","))
    table = table_of(rows)
    if table:
        yield table
