"""The durable account of what was received and sent: the oracle that tests compare the product with."""

import json
from dataclasses import asdict, dataclass

from sandbox import clock
from sandbox.database import Database, Row, Value
from sandbox.json_types import JsonObject, JsonValue, dumps


@dataclass(frozen=True)
class ReceivedRequest:
    """One request to a provider's API. Headers and body are already redacted."""

    provider: str
    method: str
    operation: str
    path: str
    headers: JsonObject
    body: JsonValue
    status_code: int | None
    response: JsonValue
    ms: float
    fault: str | None


@dataclass(frozen=True)
class SentWebhook:
    """One attempt to deliver one webhook. `status_code` is None when nothing came back, `error` then says why."""

    call_id: str
    type: str
    url: str
    attempt: int
    headers: JsonObject
    body: str
    status_code: int | None
    ms: float
    response: str | None
    error: str | None

    @property
    def accepted(self) -> bool:
        """Whether the receiver answered 2xx."""
        return self.status_code is not None and 200 <= self.status_code < 300


@dataclass(frozen=True)
class RequestFilter:
    """Which received requests are wanted; what is empty does not narrow."""

    provider: str = ""
    method: str = ""
    operation: str = ""

    def where(self) -> tuple[str, list[Value]]:
        """Return the SQL condition and its values."""
        chosen = [(name, value) for name, value in asdict(self).items() if value]
        return " AND ".join(["true", *(f"{name} = ?" for name, _ in chosen)]), [value for _, value in chosen]


class Ledger:
    """Append-only until a reset."""

    def __init__(self, database: Database) -> None:
        """Write to this database."""
        self._database = database

    def record_request(self, request: ReceivedRequest) -> None:
        """Note one request with its answer."""
        self._database.write(
            "INSERT INTO requests"
            " (at, provider, method, operation, path, headers, body, status_code, response, ms, fault)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                clock.iso(clock.now()),
                request.provider,
                request.method,
                request.operation,
                request.path,
                dumps(request.headers),
                dumps(request.body),
                request.status_code,
                dumps(request.response),
                round(request.ms, 2),
                request.fault,
            ),
        )

    def record_webhook(self, webhook: SentWebhook) -> None:
        """Note one delivery attempt with its answer."""
        self._database.write(
            "INSERT INTO deliveries (at, call_id, type, url, attempt, headers, body, status_code, ms, response, error)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                clock.iso(clock.now()),
                webhook.call_id,
                webhook.type,
                webhook.url,
                webhook.attempt,
                dumps(webhook.headers),
                webhook.body,
                webhook.status_code,
                round(webhook.ms, 2),
                webhook.response,
                webhook.error,
            ),
        )

    def requests(self, wanted: RequestFilter | None = None, *, after: int = 0, limit: int = -1) -> list[JsonObject]:
        """Return received requests in order; a limit of -1 means all."""
        condition, values = (wanted or RequestFilter()).where()
        rows = self._database.read(
            f"SELECT * FROM requests WHERE id > ? AND {condition} ORDER BY id LIMIT ?",  # noqa: S608 - of constants
            (after, *values, limit),
        )
        return [_decoded(row, "headers", "body", "response") for row in rows]

    def count_requests(self, wanted: RequestFilter | None = None) -> list[JsonObject]:
        """Return how often each operation was asked for and how that was answered."""
        condition, values = (wanted or RequestFilter()).where()
        rows = self._database.read(
            "SELECT provider, operation, status_code, fault, count(*) AS count "  # noqa: S608 - of constants
            f"FROM requests WHERE {condition} GROUP BY provider, operation, status_code, fault ORDER BY min(id)",
            values,
        )
        return [dict(row) for row in rows]

    def recent_requests(self, limit: int) -> list[JsonObject]:
        """Return the newest requests, newest first."""
        rows = self._database.read("SELECT * FROM requests ORDER BY id DESC LIMIT ?", (limit,))
        return [_decoded(row, "headers", "body", "response") for row in rows]

    def deliveries(self, *, call_id: str | None = None, after: int = 0, limit: int = -1) -> list[JsonObject]:
        """Return delivery attempts in the order they finished; a limit of -1 means all."""
        rows = self._database.read(
            "SELECT * FROM deliveries WHERE id > ? AND (? IS NULL OR call_id = ?) ORDER BY id LIMIT ?",
            (after, call_id, call_id, limit),
        )
        return [_decoded(row, "headers", "body") for row in rows]

    def delivery_summaries(self, call_id: str) -> list[JsonObject]:
        """Return a call's delivery attempts without headers and bodies."""
        rows = self._database.read(
            "SELECT id, at, type, attempt, status_code, ms, error FROM deliveries WHERE call_id = ? ORDER BY id",
            (call_id,),
        )
        return [dict(row) for row in rows]


def _decoded(row: Row, *json_columns: str) -> JsonObject:
    decoded = dict(row)
    for column in json_columns:
        decoded[column] = json.loads(decoded[column]) if decoded[column] is not None else None
    return decoded
