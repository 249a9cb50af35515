"""Sends the providers' own webhooks (all but Vapi's calls, which have a postman) and writes each into the ledger."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sandbox.json_types import JsonValue, dumps
from sandbox.ledger import Ledger, SentWebhook
from sandbox.redaction import redact_fields, redact_headers
from sandbox.web_client import NotDeliveredError, WebClient

DEFAULT_TIMEOUT_S = 15.0
MAX_RECORDED_CHARS = 100_000


@dataclass(frozen=True)
class Notice:
    """One webhook: `about` is the id of the thing it tells of, `form` or `body` what it carries."""

    about: str
    type: str
    url: str
    form: Mapping[str, str] | None = None
    body: JsonValue = None
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    timeout_s: float = DEFAULT_TIMEOUT_S

    @property
    def content(self) -> tuple[str, str]:
        """The content type and the text sent; empty for a notice that consists of headers alone."""
        if self.form is not None:
            return "application/x-www-form-urlencoded; charset=UTF-8", urlencode(self.form)
        if self.body is not None:
            return "application/json", dumps(self.body)
        return "", ""


class Messenger:
    """Delivers notices, once each, with one shared HTTP client."""

    def __init__(self, ledger: Ledger) -> None:
        """Write to this ledger."""
        self._ledger = ledger
        self._client = WebClient()

    async def send(self, notice: Notice) -> SentWebhook:
        """Deliver a notice and return what came back; a receiver that fails never raises here."""
        kind, text = notice.content
        headers = {**({"Content-Type": kind} if kind else {}), **notice.headers}
        answer, error = None, None
        started = time.perf_counter()
        try:
            answer = await self._client.send(
                notice.url, method=notice.method, content=text.encode(), headers=headers, timeout_s=notice.timeout_s
            )
        except NotDeliveredError as failure:
            error = str(failure)
        carried = notice.form if notice.form is not None else notice.body
        sent = SentWebhook(
            call_id=notice.about,
            type=notice.type,
            url=notice.url,
            attempt=1,
            headers=redact_headers(headers.items()),
            body=dumps(redact_fields(dict(carried) if isinstance(carried, Mapping) else carried)),
            status_code=answer.status_code if answer else None,
            ms=(time.perf_counter() - started) * 1000,
            response=answer.text[:MAX_RECORDED_CHARS] if answer else None,
            error=error,
        )
        self._ledger.record_webhook(sent)
        return sent

    async def close(self) -> None:
        """Hang up."""
        await self._client.close()
