"""One SQLite file holds everything the sandbox must remember over a restart."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

Value: TypeAlias = str | int | float | bytes | None
Row: TypeAlias = sqlite3.Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS resources (
    kind TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, body TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS resources_by_age ON resources (kind, owner, created_at);
CREATE INDEX IF NOT EXISTS resources_by_assistant
    ON resources (kind, owner, json_extract(body, '$.assistantId'), created_at);
CREATE TABLE IF NOT EXISTS runs (
    call_id TEXT PRIMARY KEY, scenario TEXT NOT NULL, assistant_id TEXT NOT NULL, seed INTEGER NOT NULL,
    fast INTEGER NOT NULL, status TEXT NOT NULL, error TEXT, notes TEXT NOT NULL DEFAULT '[]',
    started_at TEXT NOT NULL, finished_at TEXT
);
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, provider TEXT NOT NULL, method TEXT NOT NULL,
    operation TEXT NOT NULL DEFAULT '', path TEXT NOT NULL, headers TEXT NOT NULL,
    body TEXT, status_code INTEGER, response TEXT, ms REAL NOT NULL, fault TEXT
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, call_id TEXT NOT NULL, type TEXT NOT NULL, url TEXT NOT NULL,
    attempt INTEGER NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL, status_code INTEGER, ms REAL NOT NULL,
    response TEXT, error TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_by_call ON deliveries (call_id, id);
CREATE TABLE IF NOT EXISTS events (
    provider TEXT NOT NULL, account TEXT NOT NULL, calendar TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,
    start_at TEXT NOT NULL, end_at TEXT NOT NULL, removed INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL,
    PRIMARY KEY (provider, account, calendar, id)
);
CREATE INDEX IF NOT EXISTS events_by_change ON events (provider, account, calendar, seq);
CREATE TABLE IF NOT EXISTS faults (provider TEXT PRIMARY KEY, body TEXT NOT NULL);
"""
ADDED_COLUMNS = (("requests", "operation", "TEXT NOT NULL DEFAULT ''"),)
"""Columns that files made by earlier versions lack."""
TABLES = ("resources", "runs", "requests", "deliveries", "events", "faults")


class Database:
    """A thread-safe connection in WAL mode.

    A statement takes well under a millisecond, so the event loop calls it directly.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, creating it and its folder when missing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)
        self._add_columns()

    def _add_columns(self) -> None:
        for table, column, kind in ADDED_COLUMNS:
            known = {row["name"] for row in self._connection.execute(f"PRAGMA table_info({table})")}
            if column not in known:
                self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    def read(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def write(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run one statement and commit it; return the number of rows it touched."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make several statements one, with no other thread's statement between them."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in TABLES:
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names are constants above

    def close(self) -> None:
        """Close the file; the object is of no use afterwards."""
        with self._lock:
            self._connection.close()
