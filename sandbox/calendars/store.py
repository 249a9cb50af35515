"""The events of both calendar providers. Each keeps its provider's own JSON; time and order of change are columns."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.database import Database, Row
from sandbox.json_types import JsonObject, dumps, parse_object


@dataclass(frozen=True)
class Shelf:
    """One calendar of one account at one provider."""

    provider: str
    account: str
    calendar: str


@dataclass(frozen=True)
class Entry:
    """One event. Times are UTC in ISO notation, so that text order is time order; `seq` counts changes."""

    id: str
    start_at: str
    end_at: str
    body: JsonObject
    seq: int = 0
    removed: bool = False


class CalendarStore:
    """All calendars of all accounts."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database."""
        self._database = database

    def put(self, shelf: Shelf, entry: Entry) -> Entry:
        """Store an event, new or changed, as the newest change."""
        with self._database.transaction():
            seq = self.newest_change() + 1
            self._database.write(
                "INSERT INTO events (provider, account, calendar, id, seq, start_at, end_at, removed, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (provider, account, calendar, id) DO UPDATE SET"
                " seq = excluded.seq, start_at = excluded.start_at, end_at = excluded.end_at,"
                " removed = excluded.removed, body = excluded.body",
                (shelf.provider, shelf.account, shelf.calendar, entry.id, seq, entry.start_at, entry.end_at,
                 entry.removed, dumps(entry.body)),
            )  # fmt: skip
        return Entry(entry.id, entry.start_at, entry.end_at, entry.body, seq, entry.removed)

    def find(self, shelf: Shelf, identity: str) -> Entry | None:
        """Return one event, removed ones too."""
        rows = self._read(shelf, "AND id = ?", identity)
        return rows[0] if rows else None

    def find_anywhere(self, provider: str, account: str, identity: str) -> tuple[Shelf, Entry] | None:
        """Return an event whichever of the account's calendars it is in."""
        rows = self._database.read(
            "SELECT * FROM events WHERE provider = ? AND account = ? AND id = ?", (provider, account, identity)
        )
        return (Shelf(provider, account, rows[0]["calendar"]), _entry(rows[0])) if rows else None

    def changes(self, shelf: Shelf, *, after: int = 0) -> list[Entry]:
        """Return what changed after a point, oldest change first, removed events too."""
        return self._read(shelf, "AND seq > ? ORDER BY seq", after)

    def between(self, shelf: Shelf, *, start: str = "", end: str = "") -> list[Entry]:
        """Return the events that touch a time, in order of their start."""
        return self._read(
            shelf,
            "AND NOT removed AND (? = '' OR end_at > ?) AND (? = '' OR start_at < ?) ORDER BY start_at, seq",
            start, start, end, end,
        )  # fmt: skip

    def newest_change(self) -> int:
        """Return the number of the newest change, 0 when there is none."""
        return int(self._database.read("SELECT coalesce(max(seq), 0) AS seq FROM events")[0]["seq"])

    def everything(self) -> list[JsonObject]:
        """Return all events of all accounts with where they are, newest change first."""
        rows = self._database.read("SELECT * FROM events ORDER BY seq DESC")
        return [{**dict(row), "removed": bool(row["removed"]), "body": json.loads(row["body"])} for row in rows]

    def _read(self, shelf: Shelf, condition: str, *values: str | int) -> list[Entry]:
        rows = self._database.read(
            f"SELECT * FROM events WHERE provider = ? AND account = ? AND calendar = ? {condition}",  # noqa: S608 - constants
            (shelf.provider, shelf.account, shelf.calendar, *values),
        )
        return [_entry(row) for row in rows]


def merged_busy(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Return the times that events take, overlapping ones joined."""
    joined: list[tuple[str, str]] = []
    for entry in sorted(entries, key=lambda item: item.start_at):
        if joined and entry.start_at <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], entry.end_at))
        else:
            joined.append((entry.start_at, entry.end_at))
    return joined


def seal(value: JsonObject) -> str:
    """Write a cursor as an opaque text."""
    return base64.urlsafe_b64encode(dumps(value).encode()).rstrip(b"=").decode()


def unseal(text: str) -> JsonObject | None:
    """Read a cursor back; None when it was tampered with."""
    try:
        return parse_object(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None


def _entry(row: Row) -> Entry:
    return Entry(row["id"], row["start_at"], row["end_at"], json.loads(row["body"]), row["seq"], bool(row["removed"]))
