"""Which tables hold something that is sealed with the master key. Each room registers its own in its `apps.py`.

A key rotation (`manage.py rotate_encryption_key`) visits them all; a table that is not registered would become
unreadable once the retired key is taken away.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models
from django.db.models.functions import Left

from voxanne import sealed_text


@dataclass(frozen=True)
class SealedRow:
    """A row that was claimed: `content` is what is sealed in it, exactly as it stands there."""

    pk: Any
    content: Any


@dataclass(frozen=True)
class Claim:
    """Rows locked for the open transaction; `last` is where the next claim goes on, None behind the last row."""

    rows: list[SealedRow]
    last: Any = None


class SealedTable(Protocol):
    """How to find and replace what the master key sealed in one table."""

    name: str

    def open_tx(self) -> AbstractContextManager[None]:
        """The transaction in which the other methods are called."""

    def count_by_key(self) -> Mapping[str, int]:
        """Rows by the id of their master key, "" for rows that do not say. Nothing is decrypted."""

    def claim(self, *, current: str, after: Any, limit: int) -> Claim:
        """Lock rows that are not sealed with the current key, in order, passing over those that others hold."""

    def reseal(self, row: SealedRow) -> Any:
        """The same content under the current key.

        Raises:
            SealBroken: no configured key opens it.
        """

    def swap(self, changes: Sequence[tuple[SealedRow, Any]]) -> int:
        """Put new content where the old one still stands; returns in how many rows it did."""


_tables: dict[str, SealedTable] = {}


def register_sealed(table: SealedTable) -> None:
    """Have key rotations visit this table. Registering a name again replaces it."""
    _tables[table.name] = table


def sealed_tables() -> list[SealedTable]:
    """Every registered table, by name."""
    return [_tables[name] for name in sorted(_tables)]


class SealedTextColumn:
    """A text column of texts from `voxanne.sealed_text`, each bound to its primary key; empty ones hold nothing."""

    def __init__(
        self,
        model: type[models.Model],
        column: str,
        *,
        purpose: str,
        open_tx: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.name = model._meta.db_table
        self._rows = model._default_manager
        self._column = column
        self._purpose = purpose
        self._open_tx = open_tx

    def open_tx(self) -> AbstractContextManager[None]:
        return self._open_tx()

    def count_by_key(self) -> Mapping[str, int]:
        start = Left(self._column, len(sealed_text.named_prefix("0" * 16)))
        counted = self._filled().values_list(start).annotate(models.Count("pk")).order_by()
        found: Counter[str] = Counter()
        for prefix, rows in counted:
            found[sealed_text.key_id_of(prefix)] += rows
        return found

    def claim(self, *, current: str, after: Any, limit: int) -> Claim:
        stale = self._filled().exclude(**{f"{self._column}__startswith": sealed_text.named_prefix(current)})
        if after is not None:
            stale = stale.filter(pk__gt=after)
        locked = stale.order_by("pk").select_for_update(skip_locked=True)
        rows = [SealedRow(pk, content) for pk, content in locked.values_list("pk", self._column)[:limit]]
        return Claim(rows, last=rows[-1].pk if len(rows) == limit else None)

    def reseal(self, row: SealedRow) -> str:
        return sealed_text.reseal(row.content, purpose=self._purpose, row=str(row.pk))

    def swap(self, changes: Sequence[tuple[SealedRow, Any]]) -> int:
        return sum(
            self._rows.filter(**{"pk": row.pk, self._column: row.content}).update(**{self._column: fresh})
            for row, fresh in changes
        )

    def _filled(self) -> "models.QuerySet[models.Model]":
        return self._rows.exclude(**{self._column: ""})
