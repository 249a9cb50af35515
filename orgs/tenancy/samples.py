"""A row of any tenant model, good enough to try isolation with: `verify_rls` and the isolation tests make rows here.

It knows fields, not meaning. A model whose constraints it cannot guess registers its own maker.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.crypto import get_random_string

from orgs.tenancy.base import TenantModel
from orgs.tenancy.fields import TenantForeignKey
from voxanne.ids import uuid7

# One hour that every sample agrees on, so that ranges hold their moments.
START = datetime(2030, 1, 7, 9, tzinfo=UTC)
END = START + timedelta(hours=1)
Values = dict[str, Any]
_makers: dict[str, Callable[[], Values]] = {}


class NoSample(LookupError):
    """Nothing here knows a value for some field."""


def register_sample(label: str, maker: Callable[[], Values]) -> None:
    """Have `maker()` give field values for the model `app.Model`, on top of what its fields suggest."""
    _makers[label.lower()] = maker


def make_sample(model: type[TenantModel], *, user_id: UUID) -> TenantModel:
    """Insert one row, and the rows it points at, for the organisation of the open `org_tx`.

    Args:
        user_id: an existing person, for columns that name one.

    Raises:
        NoSample: a field is of a kind that nobody knows a value for.
    """
    values = _makers.get(model._meta.label_lower, dict)()
    for field in model._meta.concrete_fields:
        if field.name != "org" and field.attname not in values and _must_be_given(field):
            values[field.attname] = _value(field, user_id)
    row: TenantModel = model.objects.create(**values)
    return row


def _must_be_given(field: Any) -> bool:
    if field.generated or (field.primary_key and isinstance(field, models.AutoField)):
        return False
    return not (field.null or field.has_default() or (field.blank and field.empty_strings_allowed))


def _value(field: Any, user_id: UUID) -> Any:
    if isinstance(field, TenantForeignKey):
        parent: Any = field.remote_field.model
        return make_sample(parent, user_id=user_id).pk
    if isinstance(field, models.ForeignKey):
        return user_id
    if field.choices:
        return field.choices[0][0]
    for kind, value in _VALUES:
        if isinstance(field, kind):
            return value(field)
    raise NoSample(f"no sample for {field}: register one with orgs.tenancy.samples.register_sample")


def _text(field: Any) -> str:
    if "phone" in field.name or "number" in field.name:
        return "+4420" + get_random_string(8, "123456789")
    return get_random_string(min(field.max_length or 12, 12))


def _moment(field: Any) -> datetime:
    return END if field.name.startswith("end") else START


_VALUES: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
    (models.EmailField, lambda _: f"{get_random_string(8).lower()}@example.invalid"),
    (models.CharField, _text),
    (models.TextField, _text),
    (models.UUIDField, lambda _: uuid7()),
    (models.BooleanField, lambda _: False),
    (models.DecimalField, lambda _: 1),
    (models.FloatField, lambda _: 1.0),
    (models.IntegerField, lambda _: 1),
    (models.DateTimeField, _moment),
    (models.DateField, lambda _: START.date()),
    (models.TimeField, lambda field: time(17 if field.name.startswith(("end", "close")) else 9)),
    (models.BinaryField, lambda _: b"sample"),
    (models.JSONField, lambda _: {}),
    (ArrayField, lambda _: []),
    (DateTimeRangeField, lambda _: DateTimeTZRange(START, END)),
)
