"""Sends one webhook over HTTP: authenticates it, times it out, retries it by its back-off plan, writes it down."""

import asyncio
import time
from dataclasses import dataclass, field, replace

from sandbox.calls.signing import authentication_headers
from sandbox.json_types import JsonObject, as_object, dumps
from sandbox.ledger import Ledger, SentWebhook
from sandbox.redaction import redact_headers
from sandbox.web_client import NotDeliveredError, WebAnswer, WebClient

DEFAULT_TIMEOUT_S = 20.0
MAX_RECORDED_CHARS = 100_000


@dataclass(frozen=True)
class BackoffPlan:
    """When a refused delivery is tried again. The default is Vapi's: never."""

    exponential: bool = False
    max_retries: int = 0
    base_delay_s: float = 0.0
    excluded: frozenset[int] = frozenset()

    @classmethod
    def of(cls, server: JsonObject) -> "BackoffPlan":
        """Read a server's plan."""
        plan = as_object(server.get("backoffPlan"))
        return cls(
            exponential=plan.get("type") == "exponential",
            max_retries=int(plan.get("maxRetries", 0)),
            base_delay_s=float(plan.get("baseDelaySeconds", 0)),
            excluded=frozenset(plan.get("excludedStatusCodes") or ()),
        )

    def delay_before(self, attempt: int) -> float:
        """Return the seconds to wait before an attempt (the second is the first retry)."""
        return self.base_delay_s * (2 ** (attempt - 2) if self.exponential else 1)

    def allows_another(self, failed: SentWebhook) -> bool:
        """Whether a failed attempt is followed by one more."""
        return failed.attempt <= self.max_retries and failed.status_code not in self.excluded


@dataclass(frozen=True)
class Destination:
    """A server that webhooks go to, with what its credential adds."""

    url: str
    timeout_s: float = DEFAULT_TIMEOUT_S
    headers: dict[str, str] = field(default_factory=dict)
    authentication: JsonObject = field(default_factory=dict)
    backoff: BackoffPlan = field(default_factory=BackoffPlan)

    @classmethod
    def of(cls, server: JsonObject, authentication: JsonObject) -> "Destination":
        """Read a saved `server`; `authentication` is the plan of its credential."""
        return cls(
            url=str(server["url"]),
            timeout_s=float(server.get("timeoutSeconds", DEFAULT_TIMEOUT_S)),
            headers={str(name): str(value) for name, value in as_object(server.get("headers")).items()},
            authentication=authentication,
            backoff=BackoffPlan.of(server),
        )

    def with_limits(self, *, timeout_s: float, backoff: BackoffPlan) -> "Destination":
        """Return the same server with another patience."""
        return replace(self, timeout_s=timeout_s, backoff=backoff)


@dataclass(frozen=True)
class Letter:
    """One message to one destination, serialised once so that every attempt carries the same bytes."""

    call_id: str
    type: str
    destination: Destination
    body: str

    @classmethod
    def to(cls, destination: Destination, message: JsonObject) -> "Letter":
        """Put a message into Vapi's envelope."""
        call_id, kind = str(message["call"]["id"]), str(message["type"])
        return cls(call_id=call_id, type=kind, destination=destination, body=dumps({"message": message}))


class Postman:
    """Delivers letters with one shared HTTP client."""

    def __init__(self, client: WebClient, ledger: Ledger) -> None:
        """Send with this client, write to this ledger."""
        self._client = client
        self._ledger = ledger

    async def deliver(self, letter: Letter) -> SentWebhook:
        """Try until accepted or given up; return the last attempt."""
        return await self.retry(letter, await self.attempt(letter))

    async def retry(self, letter: Letter, last: SentWebhook) -> SentWebhook:
        """Repeat a failed attempt as far as the back-off plan goes; return the last one."""
        plan = letter.destination.backoff
        while not last.accepted and plan.allows_another(last):
            await asyncio.sleep(plan.delay_before(last.attempt + 1))
            last = await self.attempt(letter, number=last.attempt + 1)
        return last

    async def attempt(self, letter: Letter, *, number: int = 1) -> SentWebhook:
        """Send a letter once and record what came back."""
        headers = self._headers(letter)
        answer, error = None, None
        started = time.perf_counter()
        try:
            answer = await self._post(letter, headers)
        except NotDeliveredError as failure:
            error = str(failure)
        sent = SentWebhook(
            call_id=letter.call_id,
            type=letter.type,
            url=letter.destination.url,
            attempt=number,
            headers=redact_headers(headers.items(), secret_names=_secret_names(letter.destination)),
            body=letter.body,
            status_code=answer.status_code if answer else None,
            ms=(time.perf_counter() - started) * 1000,
            response=answer.text[:MAX_RECORDED_CHARS] if answer else None,
            error=error,
        )
        self._ledger.record_webhook(sent)
        return sent

    async def _post(self, letter: Letter, headers: dict[str, str]) -> WebAnswer:
        destination = letter.destination
        return await self._client.send(
            destination.url, content=letter.body.encode(), headers=headers, timeout_s=destination.timeout_s
        )

    def _headers(self, letter: Letter) -> dict[str, str]:
        """Return the headers of an attempt; a server's static ones win over its credential's, as at Vapi."""
        destination = letter.destination
        signed = authentication_headers(
            destination.authentication,
            body=letter.body.encode(),
            url=destination.url,
            timestamp=int(time.time()),
        )
        fixed = {name.lower() for name in destination.headers}
        signed = {name: value for name, value in signed.items() if name.lower() not in fixed}
        return {"Content-Type": "application/json", **signed, **destination.headers}


def _secret_names(destination: Destination) -> frozenset[str]:
    plan = destination.authentication
    names = (plan.get("headerName"), plan.get("signatureHeader"), *destination.headers)
    return frozenset(str(name) for name in names if name)
