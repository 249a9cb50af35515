"""How errors of the API look: always `{"error", "code"}`, with `fields` where a field is wrong."""

from typing import Any

from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from voxanne.errors import DomainError
from voxanne.transactions import abandon_open_transaction


def render_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn domain errors and the framework's own into one form; None lets an unknown error become a 500."""
    abandon_open_transaction()
    if isinstance(error, DomainError):
        return Response(error_body(error), status=error.http_status, headers=error_headers(error))
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        response.data = {"error": "Check the marked fields and try again.", "code": "bad_input", "fields": fields}
    elif isinstance(error, exceptions.APIException):
        response.data = {"error": str(error.detail), "code": error.get_codes()}
    else:
        response.data = {"error": "We could not find that.", "code": "not_found"}
    return response


def error_body(error: DomainError) -> dict[str, Any]:
    """The JSON of a domain error."""
    body: dict[str, Any] = {"error": error.message, "code": error.code, **error.offers()}
    if error.fields:
        body["fields"] = error.fields
    return body


def error_headers(error: DomainError) -> dict[str, str]:
    """The headers of a domain error: when to ask again, where that is known."""
    return {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
