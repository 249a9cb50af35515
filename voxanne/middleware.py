"""What surrounds every request: one log line with an id, and domain errors turned into answers."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from voxanne.errors import DomainError
from voxanne.ids import uuid7
from voxanne.transactions import abandon_open_transaction
from voxanne.views import render_domain_error

log = structlog.get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestLogMiddleware:
    """Bind a request id, and write one line when the answer is known. Never the query string: it may hold a token."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = str(uuid7())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            route=match.route if match else "-",
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        response["X-Request-Id"] = request_id
        return response


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
