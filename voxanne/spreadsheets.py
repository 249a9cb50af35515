"""Tables as CSV files: streamed row by row, and harmless in a spreadsheet whatever people have typed."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

# With these a spreadsheet takes a cell for a formula.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9.]*")
# By it Excel knows the file for UTF-8.
_MARK = "\ufeff"


class _Line:
    """What the CSV writer writes to: it hands each line back."""

    def write(self, text: str) -> str:
        return text


def safe_cell(value: object) -> str:
    """A value as it may stand in a cell: what would be a formula gets an apostrophe; numbers and phones stay."""
    text = "" if value is None else str(value).replace("\0", "")
    if text.lstrip(" ").startswith(_BEGINS_FORMULA) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_response(*, filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A download that is written while it is read: memory does not grow with the rows.

    Args:
        filename: of our own making: letters, digits, dots and hyphens.
        rows: are read after the view's transaction has closed, so they open their own.
    """
    response = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield _MARK + writer.writerow(header)
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row])
