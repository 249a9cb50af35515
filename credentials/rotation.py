"""Bringing everything that a retired master key sealed under the current one, while everybody keeps working.

Each batch is a transaction of its own that locks rows (passing over those that others hold), seals their content anew,
opens it again to be sure, and swaps it in only where the old content still stands. So a row is under one key or the
other and never between; a process that dies leaves whole batches, and the next run goes on with the rest. Whoever has
both keys configured reads every row at every moment. Several runs at once share the work.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import structlog

from credentials.key_check import check_key_value
from credentials.key_ring import KeyRing, key_ring
from orgs import audit
from orgs.actors import Actor
from orgs.scope import service_tx
from voxanne.sealed_rows import SealedRow, SealedTable, sealed_tables
from voxanne.sealed_text import SealBroken

log = structlog.get_logger(__name__)

BATCH = 500
# Rows that others held are tried again: so often, with such a pause.
PASSES = 10
PAUSE_S = 0.5


class KeyState(StrEnum):
    """What a key that rows name is to this process."""

    CURRENT = "current"
    RETIRED = "retired"
    MISSING = "not configured"
    UNNAMED = "not named"


@dataclass(frozen=True)
class KeyCount:
    """How many rows of a table one key holds; `key_id` is empty for rows that name none."""

    table: str
    key_id: str
    state: KeyState
    rows: int


@dataclass(frozen=True)
class Unreadable:
    """A row that no configured key opens. It was left as it is."""

    table: str
    row_id: str
    reason: str


@dataclass
class Rotation:
    """What one run did."""

    key_id: str
    rotated: int = 0
    unreadable: dict[tuple[str, str], Unreadable] = field(default_factory=dict)
    remaining: int = 0
    seconds: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Nothing is left that the current key does not hold."""
        return not self.remaining


def count_keys() -> list[KeyCount]:
    """How many rows each key holds, by table. Decrypts and changes nothing.

    Raises:
        KeyRefused: a configured key is weak, damaged or published.
    """
    ring = key_ring()
    return [
        KeyCount(table.name, key_id, _state_of(key_id, ring), rows)
        for table in sealed_tables()
        for key_id, rows in sorted(_count(table).items())
    ]


def rotate(*, batch: int = BATCH, on_progress: Callable[[int], None] | None = None) -> Rotation:
    """Bring every row to the current master key. Safe to kill, to run again, and to run twice at once.

    Args:
        batch: rows a transaction.
        on_progress: told after each batch how many rows were brought over so far.

    Raises:
        WrongEncryptionKey, KeyRefused: the configured keys are not this database's, or are weak.
    """
    began = time.monotonic()
    result = Rotation(key_id=check_key_value())
    log.info("encryption.rotation_started", key=result.key_id)
    for table in sealed_tables():
        for attempt in range(PASSES):
            time.sleep(PAUSE_S if attempt else 0)
            for rotated in _pass_over(table, batch, result):
                result.rotated += rotated
                if on_progress:
                    on_progress(result.rotated)
            if _count_stale(table, result.key_id) <= sum(table.name == name for name, _ in result.unreadable):
                break
    check_key_value()  # a process started meanwhile with the keys the other way round must not have the last word
    result.remaining = sum(_count_stale(table, result.key_id) for table in sealed_tables())
    result.seconds = time.monotonic() - began
    _write_down(result)
    return result


def _pass_over(table: SealedTable, batch: int, result: Rotation) -> Iterator[int]:
    """Go through a table once, in short transactions; yields how many rows each has brought over."""
    after: Any = None
    while True:
        with table.open_tx():
            claim = table.claim(current=result.key_id, after=after, limit=batch)
            changes = [change for row in claim.rows if (change := _resealed(table, row, result)) is not None]
            swapped = table.swap(changes)
        yield swapped
        if claim.last is None:
            return
        after = claim.last


def _resealed(table: SealedTable, row: SealedRow, result: Rotation) -> tuple[SealedRow, Any] | None:
    where = (table.name, str(row.pk))
    try:
        fresh = table.reseal(row)
    except SealBroken as broken:
        if where not in result.unreadable:
            log.warning("encryption.unreadable", table=table.name, row=str(row.pk), reason=str(broken))
        result.unreadable[where] = Unreadable(*where, reason=str(broken))
        return None
    return row, fresh


def _write_down(result: Rotation) -> None:
    facts: dict[str, Any] = {"key": result.key_id, "rows": result.rotated, "unreadable": len(result.unreadable)}
    log.info("encryption.rotation_ended", remaining=result.remaining, **facts)
    if result.rotated:
        with service_tx("note a rotation of the master key"):
            audit.record(Actor.system(), "encryption.rotated", **facts)


def _count(table: SealedTable) -> Mapping[str, int]:
    with table.open_tx():
        return table.count_by_key()


def _count_stale(table: SealedTable, current: str) -> int:
    return sum(rows for key_id, rows in _count(table).items() if key_id != current)


def _state_of(key_id: str, ring: KeyRing) -> KeyState:
    if not key_id:
        return KeyState.UNNAMED
    if key_id == ring.current.id:
        return KeyState.CURRENT
    return KeyState.RETIRED if ring.find(key_id) else KeyState.MISSING
