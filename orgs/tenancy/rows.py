"""Objects from a statement's columns, where one statement reads rows of several tables."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)


def columns_of(model: type[Model]) -> int:
    """How many columns a whole row of this table has."""
    return len(model._meta.concrete_fields)


def from_columns(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """The object in a row's columns, as a query of the model itself would give it."""
    found = dict(zip(names, values, strict=True))
    fields = model._meta.concrete_fields
    return model.from_db(
        connection.alias,
        [field.attname for field in fields],
        [_converted(field, found[str(field.column)]) for field in fields],
    )


def _converted(field: "Field[Any, Any]", value: Any) -> Any:
    for convert in field.get_db_converters(connection):
        value = convert(value, None, connection)
    return value
