"""Finding rows by how a word begins, through an index, where row-level security stands before every search.

PostgreSQL looks at nothing but the tenant's rows first, and only comparisons that it knows to give nothing away may
use an index before that. `LIKE` is not one of them, so it reads every row of the clinic; `^@` ("starts with") is.
Columns that are searched are kept in lower case, and their indexes in the order of bytes (`by_beginning`).
"""

from typing import Any

from django.db.models import CharField, F, Func, Index, Lookup, TextField, Value
from django.db.models.expressions import Expression
from django.db.models.functions import Collate, Lower, Reverse

# Fewer digits are no number that somebody looks for.
FEWEST_DIGITS = 3


@CharField.register_lookup
@TextField.register_lookup
class Begins(Lookup):  # type: ignore[type-arg]
    """`column__begins="ana"`: as an index of `by_beginning` finds it, so in lower case if the column is."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, column_values = self.process_lhs(compiler, connection)
        begin, begin_values = self.process_rhs(compiler, connection)
        return f'{column} COLLATE "C" ^@ {begin}', (*column_values, *begin_values)


def by_beginning(column: str, *, name: str, **options: Any) -> Index:
    """The index of a tenant's column for `begins`."""
    return Index(F("org"), Collate(F(column), "C"), name=name, **options)


def last_word(column: str) -> Expression:
    """A name's last word in lower case, for a generated column."""
    return Func(Lower(column), Value(r"^.*\s"), Value(""), function="regexp_replace", output_field=CharField())


def backwards(column: str) -> Expression:
    """For finding numbers by their end, which is how people write them at home."""
    return Reverse(column)


def digits_of(words: str) -> str:
    """The digits of what is a number as somebody types it, without the nought or the plus in front; "" of words."""
    digits = "".join(char for char in words if char.isdecimal() and char.isascii())
    if any(char.isalpha() for char in words) or len(digits) < FEWEST_DIGITS:
        return ""
    return digits.lstrip("0")
