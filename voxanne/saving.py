"""Saving a row once, however many steps have changed it."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.db.models import Model


@contextmanager
def saved_once(row: Model) -> Iterator[None]:
    """Store what is changed about a locked row inside, in one statement at the end; none where nothing is changed.

    The row must have been read whole. What raises inside saves nothing.
    """
    before = _values(row)
    yield
    changed = [name for name, value in _values(row).items() if value != before[name]]
    if changed:
        row.save(update_fields=[*changed, "updated_at"])


def _values(row: Model) -> dict[str, Any]:
    """Copies, so that a list that is added to in place counts as changed."""
    return {
        field.attname: deepcopy(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if not field.generated and not field.primary_key and field.name != "updated_at"
    }
