"""Error pages, and the one rendering of a domain error for pages and API alike."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from voxanne.api import error_body, error_headers
from voxanne.errors import DomainError

_PAGES = {400, 403, 404, 409, 410, 500, 503}


def is_api(request: HttpRequest) -> bool:
    """Whether the caller wants JSON."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "").split(",")[0]


def render_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """JSON for the API, a toast for htmx, a page for a person."""
    if is_api(request):
        return JsonResponse(error_body(error), status=error.http_status, headers=error_headers(error))
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=error.http_status)
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = json.dumps({"toast": {"level": "error", "message": error.message}})
        return response
    return error_page(request, error.http_status, error.message)


def error_page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """A page that says what happened and what to do next."""
    template = f"errors/{status if status in _PAGES else 400}.html"
    return render(request, template, {"message": message, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, 400, "bad_request", "We could not read that request.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, 403, "forbidden", "Your role does not allow this.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain(request, 404, "not_found", "We could not find that.")


def server_error(request: HttpRequest) -> HttpResponse:
    return _plain(request, 500, "server_error", "Something went wrong on our side. It has been logged.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or was not ours."""
    if is_api(request):
        return JsonResponse({"error": "The CSRF token is missing or wrong.", "code": "csrf"}, status=403)
    return render(request, "errors/403_csrf.html", {"status": 403}, status=403)


def _plain(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if is_api(request):
        return JsonResponse({"error": message, "code": code}, status=status)
    return error_page(request, status)
