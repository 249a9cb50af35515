"""Base of every provider client: one session, a timeout on every call, typed errors, nothing secret in a log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import urljoin

import requests
import structlog

from voxanne.errors import (
    NotFoundAtProvider,
    Owner,
    ProviderError,
    RateLimited,
    Rejected,
    Timeout,
    Unauthorized,
    Unavailable,
)
from voxanne.metrics import histogram
from voxanne.outages import outages

log = structlog.get_logger(__name__)
T = TypeVar("T")

CALLS = histogram(
    "provider_call_seconds",
    "Requests to providers, each try by itself, by what was asked and what came of it.",
    labels=("provider", "operation", "outcome"),
)

_OUTCOMES: dict[type[ProviderError], str] = {
    Timeout: "timeout",
    Unavailable: "unavailable",
    RateLimited: "rate_limited",
    Unauthorized: "unauthorized",
    NotFoundAtProvider: "not_found",
    Rejected: "rejected",
}
TIMEOUT_S = 10.0
RETRY_DELAYS_S = (2.0, 4.0, 8.0)


@dataclass
class MeasuredCall:
    """What came of one request to a provider; whoever leaves refusals to a library says so here."""

    outcome: str = ""

    def answered_with(self, status: int) -> None:
        """Take the outcome from the status of an answer that raises nothing."""
        if status >= requests.codes.bad_request:
            self.outcome = {401: "unauthorized", 403: "unauthorized", 404: "not_found"}.get(status, "rejected")


@contextmanager
def measured(provider: str, operation: str) -> Iterator[MeasuredCall]:
    """Time one request and count it by what came of it."""
    call, started = MeasuredCall(), time.perf_counter()
    outcome = "failed"
    try:
        yield call
        outcome = call.outcome or "ok"
    except ProviderError as error:
        outcome = _OUTCOMES.get(type(error), "failed")
        raise
    finally:
        CALLS.labels(provider, operation or "unnamed", outcome).observe(time.perf_counter() - started)


class ProviderClient:
    """HTTP with manners: reads and idempotent writes are retried on 429 and 5xx, POST never is.

    Nor is what was not answered in time: it held its thread long enough, and who asked knows when to ask again. While a
    provider is known to be down (`voxanne.outages`) everything is sent once, so that other work is not held up by it.

    Args:
        base_url: the provider's address, without a trailing slash. The sandbox is only another address.
        headers: sent with every request; they hold the credential and are never logged.
        retry_delays_s: pauses before the second, third, … try of a repeatable request.
    """

    provider: ClassVar[str]
    # Whose credential it is: the one who has to act when it is not accepted.
    credential_owner: ClassVar[Owner] = Owner.US

    def __init__(
        self,
        *,
        base_url: str,
        headers: dict[str, str],
        timeout_s: float = TIMEOUT_S,
        retry_delays_s: tuple[float, ...] = RETRY_DELAYS_S,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout_s = timeout_s
        self._retry_delays_s = retry_delays_s
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(headers)

    def once(self) -> Self:
        """The same client for what is better left than waited for: every request is sent once."""
        client = copy(self)
        client._retry_delays_s = ()  # noqa: SLF001 - of its own class
        return client

    def request(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        json: Any = None,
        params: Any = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Send one request, its body as JSON or as a form, and return the decoded answer.

        Raises:
            ProviderError: one of its subclasses, after the allowed retries.
        """
        content = {"json": json, "params": params, "data": form, "headers": headers}
        delays = () if method == "POST" else self._retry_delays_s
        return self._repeat(operation, delays, lambda: self._send(method, path, operation=operation, **content))

    def location(self, path: str, *, operation: str) -> str:
        """Where a GET sends its caller on to: a link that somebody else serves. It is not followed.

        Raises:
            ProviderError: as `request`; `Unavailable` when the answer is anything but a redirection.
        """

        def ask() -> str:
            response = self._exchange("GET", path, operation=operation)
            link = response.headers.get("Location", "")
            if response.is_redirect and link:
                return urljoin(response.url, link)
            if response.ok:
                raise Unavailable(
                    provider=self.provider, operation=operation, status=response.status_code, detail="no redirection"
                )
            raise self._error(response, operation)

        return self._repeat(operation, self._retry_delays_s, ask)

    def _repeat(self, operation: str, delays: tuple[float, ...], send: Callable[[], T]) -> T:
        is_down = outages.is_known(self._base_url)
        for delay_s in (*(() if is_down else delays), None):
            try:
                with measured(self.provider, operation):
                    answer = send()
            except ProviderError as error:
                if delay_s is None or not error.retryable or isinstance(error, Timeout):
                    self._learn_from(error, was_patient=bool(delays) or is_down)
                    raise
                log.info("provider.retry", provider=self.provider, operation=operation, wait_s=delay_s)
                time.sleep(delay_s)
            else:
                outages.is_over(self._base_url)
                return answer
        raise AssertionError("unreachable: the last try either returns or raises")

    def _learn_from(self, error: ProviderError, *, was_patient: bool) -> None:
        """Whether the provider is up: a refusal is an answer, and one failure alone says nothing."""
        if not isinstance(error, Unavailable | Timeout):
            outages.is_over(self._base_url)
        elif was_patient and isinstance(error, Unavailable):
            if not outages.is_known(self._base_url):
                log.warning("provider.outage", provider=self.provider)
            outages.note(self._base_url)

    def _send(self, method: str, path: str, *, operation: str, **content: Any) -> Any:
        response = self._exchange(method, path, operation=operation, **content)
        if response.ok and not response.is_redirect:
            return self._decode(response, operation)
        raise self._error(response, operation)

    def _exchange(self, method: str, path: str, *, operation: str, **content: Any) -> requests.Response:
        """Send once; whatever the answer is."""
        started = time.perf_counter()
        try:
            # A redirection would carry the credential to another host.
            response = self._session.request(
                method, f"{self._base_url}{path}", timeout=self._timeout_s, allow_redirects=False, **content
            )
        except requests.Timeout as error:
            raise Timeout(provider=self.provider, operation=operation) from error
        except requests.RequestException as error:
            raise Unavailable(provider=self.provider, operation=operation, detail=type(error).__name__) from error
        log.info(
            "provider.call",
            provider=self.provider,
            operation=operation,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000),
        )
        return response

    def _decode(self, response: requests.Response, operation: str) -> Any:
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise Unavailable(
                provider=self.provider, operation=operation, status=response.status_code, detail="not JSON"
            ) from error

    def _error(self, response: requests.Response, operation: str) -> ProviderError:
        code = self.code(response)
        kind, owner = self.classify(response.status_code, code)
        return kind(
            provider=self.provider,
            operation=operation,
            owner=owner,
            status=response.status_code,
            code=code,
            detail=self.describe(response),
        )

    def classify(self, status: int, code: str) -> tuple[type[ProviderError], Owner]:
        """Which error a refusal is, and who has to act. Clients override it for codes that say more than the status."""
        match status:
            case 401 | 403:
                return Unauthorized, self.credential_owner
            case 404:
                return NotFoundAtProvider, Owner.US
            case 429:
                return RateLimited, Owner.PROVIDER
            case _ if status >= 500 or status < 400:
                return Unavailable, Owner.PROVIDER
            case _:
                return Rejected, Owner.US

    def code(self, response: requests.Response) -> str:
        """The provider's own name or number of a refusal; empty where it has none."""
        return ""

    def describe(self, response: requests.Response) -> str:
        """The provider's own words on a refusal, for the log. Clients override it for their error format."""
        return response.text[:300]


def object_of(response: requests.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty when it is something else."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
