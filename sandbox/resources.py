"""The things that callers of a provider's API create: kept as the JSON documents they sent."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox import clock
from sandbox.database import Database, Value
from sandbox.json_types import JsonObject, dumps

COMPARISONS = {"Gt": ">", "Ge": ">=", "Lt": "<", "Le": "<="}
COLUMNS = {"createdAt": "created_at", "updatedAt": "updated_at"}


@dataclass(frozen=True)
class AgeFilter:
    """One `createdAtLt=…` style bound: column, comparison, ISO time."""

    column: str
    operator: str
    bound: str


@dataclass(frozen=True)
class Selection:
    """Which resources to list, newest first unless `oldest_first`. The names in `equals` are written into the SQL."""

    limit: int = 100
    offset: int = 0
    oldest_first: bool = False
    ages: tuple[AgeFilter, ...] = ()
    equals: dict[str, str] = field(default_factory=dict)

    def where(self, kind: str, owner: str | None) -> tuple[str, list[Value]]:
        """Return the SQL condition and its values."""
        parts, values = ["kind = ?"], [kind]
        if owner is not None:
            parts.append("owner = ?")
            values.append(owner)
        for age in self.ages:
            parts.append(f"{age.column} {age.operator} ?")
            values.append(age.bound)
        for name, wanted in self.equals.items():
            parts.append(f"json_extract(body, '$.{name}') = ?")  # the names are constants; so written, indexes serve
            values.append(wanted)
        return " AND ".join(parts), list(values)


class Resources:
    """Documents by kind and id. `owner` is the provider account; None looks across all of them."""

    def __init__(self, database: Database) -> None:
        """Keep the documents in this database."""
        self._database = database

    def insert(self, kind: str, owner: str, body: JsonObject) -> JsonObject:
        """Store a new document and return it; id, createdAt and updatedAt are added where the body lacks them."""
        with self._database.transaction():
            stamp = body.get("createdAt") or self._next_stamp(kind)
            stored = {"id": str(uuid.uuid4()), "createdAt": stamp, "updatedAt": stamp, **body}
            self._database.write(
                "INSERT INTO resources (kind, id, owner, body, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
                (kind, stored["id"], owner, dumps(stored), stamp, stamp),
            )
        return stored

    def find(self, kind: str, identity: str, *, owner: str | None = None) -> JsonObject | None:
        """Return one document, or None when there is none (or it belongs to another owner)."""
        rows = self._database.read(
            "SELECT body FROM resources WHERE kind = ? AND id = ? AND (? IS NULL OR owner = ?)",
            (kind, identity, owner, owner),
        )
        return json.loads(rows[0]["body"]) if rows else None

    def owner_of(self, kind: str, identity: str) -> str | None:
        """Return the account that made the document."""
        rows = self._database.read("SELECT owner FROM resources WHERE kind = ? AND id = ?", (kind, identity))
        return str(rows[0]["owner"]) if rows else None

    def replace(self, kind: str, body: JsonObject) -> JsonObject:
        """Overwrite a stored document with this one and stamp it as updated now."""
        stored = {**body, "updatedAt": clock.iso(clock.now())}
        self._database.write(
            "UPDATE resources SET body = ?, updated_at = ? WHERE kind = ? AND id = ?",
            (dumps(stored), stored["updatedAt"], kind, stored["id"]),
        )
        return stored

    def delete(self, kind: str, identity: str) -> None:
        """Remove a document if it is there."""
        self._database.write("DELETE FROM resources WHERE kind = ? AND id = ?", (kind, identity))

    def select(self, kind: str, selection: Selection | None = None, *, owner: str | None = None) -> list[JsonObject]:
        """Return the documents of a kind, newest first."""
        chosen = selection or Selection()
        condition, values = chosen.where(kind, owner)
        order = "ASC" if chosen.oldest_first else "DESC"
        rows = self._database.read(
            f"SELECT body FROM resources WHERE {condition} "  # noqa: S608 - built from constants, values are bound
            f"ORDER BY created_at {order}, id {order} LIMIT ? OFFSET ?",
            (*values, chosen.limit, chosen.offset),
        )
        return [json.loads(row["body"]) for row in rows]

    def count(self, kind: str, *, owner: str | None = None) -> int:
        """Return how many documents of a kind there are."""
        condition, values = Selection().where(kind, owner)
        rows = self._database.read(f"SELECT count(*) AS n FROM resources WHERE {condition}", values)  # noqa: S608
        return int(rows[0]["n"])

    def _next_stamp(self, kind: str) -> str:
        """Return now, or the first free millisecond after the newest: lists are paged by creation time."""
        stamp = clock.iso(clock.now())
        rows = self._database.read("SELECT max(created_at) AS newest FROM resources WHERE kind = ?", (kind,))
        newest = rows[0]["newest"]
        if newest is None or newest < stamp:
            return stamp
        return clock.iso(datetime.fromisoformat(newest) + timedelta(milliseconds=1))
