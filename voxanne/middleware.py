"""What surrounds every request: one log line with an id, and domain errors turned into answers."""

import time
from collections.abc import Callable
from functools import lru_cache

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve

from voxanne import turns
from voxanne.errors import DomainError
from voxanne.ids import uuid7
from voxanne.metrics import histogram, word
from voxanne.transactions import abandon_open_transaction
from voxanne.views import render_domain_error

log = structlog.get_logger(__name__)

# Some 210 addresses, most of which serve one or two methods with two or three classes of status each. Trying all of
# them with every method, as the isolation tests do, makes 450 series.
REQUESTS = histogram(
    "http_request_seconds",
    "Requests by address, method and class of status.",
    labels=("route", "method", "status"),
    most_series=1500,
)
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
NOT_SERVED = 405
GetResponse = Callable[[HttpRequest], HttpResponse]


class TurnsMiddleware:
    """Outermost: what a telephone rings for takes turns."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in settings.TURN_PATHS:
            return self.get_response(request)
        with turns.ringing.taken() as turn:
            request.turn = turn  # type: ignore[attr-defined]
            return self.get_response(request)


class RequestLogMiddleware:
    """Bind a request id, and write one line when the answer is known. Never the query string: it may hold a token."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = turns.came_at(request)
        request_id = str(uuid7())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        match = request.resolver_match
        took_s = time.perf_counter() - started
        # The name of an address, never the path: paths hold ids. A method that an address does not serve is no address:
        # else whoever tries all of them everywhere makes a thousand series.
        is_served = match is not None and response.status_code != NOT_SERVED
        REQUESTS.labels(
            match.view_name if match and is_served else "none",
            word(request.method or "", METHODS),
            f"{response.status_code // 100}xx",
        ).observe(took_s)
        log.info(
            "request",
            **_whose(request),
            method=request.method,
            route=match.route if match else "-",
            status=response.status_code,
            ms=round(took_s * 1000, 1),
        )
        response["X-Request-Id"] = request_id
        return response


class MachineDoorMiddleware:
    """Answer other machines' messages here: they bring no session and no form, and see no page.

    Everything behind this in the chain (sessions, CSRF, sign-in, organisations) does not exist for these addresses: a
    view there proves its sender itself and opens its own organisation's scope.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.MACHINE_PATHS):
            return self.get_response(request)
        if not request.path_info.startswith(settings.INSIDE_PATHS):
            request.get_host()  # refuses a foreign Host header, as CommonMiddleware does for everybody else
        match = request.resolver_match = _resolve(request.path_info, settings.ROOT_URLCONF)
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except DomainError as refused:
            response = render_domain_error(request, refused)
        response["Content-Length"] = len(response.content)
        return response


@lru_cache(maxsize=256)
def _resolve(path: str, urlconf: str) -> ResolverMatch:
    """Whose address this is. Machines ask for a few over and over, and looking through all rooms costs 0.05 ms."""
    return resolve(path, urlconf)


def _whose(request: HttpRequest) -> dict[str, str]:
    """Organisation and person by id, where they were settled: the context that held them has ended by now."""
    actor = getattr(request, "actor", None)
    known = {"org": getattr(actor, "org_id", None), "user": getattr(actor, "user_id", None)}
    return {name: str(value) for name, value in known.items() if value}


class DomainErrorMiddleware:
    """Innermost: a domain error that a view let through becomes its answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            abandon_open_transaction()
            return render_domain_error(request, exception)
        return None


class PrivatePagesMiddleware:
    """Nothing that a person signed in to see stays in a cache, on the way or in the browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
