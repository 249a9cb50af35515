"""The base of every provider's refusals, and the providers' words for faults that a tester asked for."""

import http
import uuid
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox import clock
from sandbox.json_types import JsonObject


class Refusal(Exception):
    """An answer that ends a request early. Subclasses say how the body is worded."""

    def __init__(self, status_code: int, body: JsonObject, *, headers: Mapping[str, str] | None = None) -> None:
        """Remember what to answer."""
        super().__init__(str(body))
        self.status_code = status_code
        self.body = body
        self.headers = dict(headers or {})


async def refuse(_request: Request, error: Exception) -> Response:
    """Turn a refusal into its response."""
    if not isinstance(error, Refusal):
        raise error
    return JSONResponse(error.body, status_code=error.status_code, headers=error.headers)


def twilio_body(status: int, code: int, message: str) -> JsonObject:
    """Word an error as Twilio does."""
    link = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": link, "status": status}


def google_body(status: int, reason: str, message: str, *, domain: str = "global") -> JsonObject:
    """Word an error as Google's Calendar API does."""
    detail = {"domain": domain, "reason": reason, "message": message}
    return {"error": {"errors": [detail], "code": status, "message": message}}


def graph_body(code: str, message: str) -> JsonObject:
    """Word an error as Microsoft Graph does."""
    moment, request_id = clock.iso(clock.now())[:19], str(uuid.uuid4())
    inner = {"date": moment, "request-id": request_id, "client-request-id": request_id}
    return {"error": {"code": code, "message": message, "innerError": inner}}


def openai_body(message: str, *, kind: str, param: str | None = None, code: str | None = None) -> JsonObject:
    """Word an error as OpenAI does."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


VAPI_MESSAGES = {
    401: "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.",
    402: "Wallet Balance is -0.02. Purchase More Credits or Upgrade Your Plan.",
    429: "ThrottlerException: Too Many Requests",
    500: "Internal server error",
}
AT_THE_EDGE = frozenset({502, 503, 504, 520, 521, 522, 523, 524})
"""Statuses that come from the network in front of Vapi: their bodies are not JSON."""


def _vapi_fault(status: int, phrase: str) -> JsonObject:
    body: JsonObject = {"message": VAPI_MESSAGES.get(status, phrase), "statusCode": status}
    return body if status == 500 else {**body, "error": phrase}


def _resend_fault(status: int, phrase: str) -> JsonObject:
    return {"message": phrase, "statusCode": status, "name": phrase.lower().replace(" ", "_")}


def _twilio_fault(status: int, phrase: str) -> JsonObject:
    return twilio_body(status, 20003 if status == 401 else 20000 + status, phrase)


GOOGLE_REASONS = {401: "authError", 403: "rateLimitExceeded", 404: "notFound", 429: "rateLimitExceeded",
                  500: "backendError"}  # fmt: skip


def _google_fault(status: int, phrase: str) -> JsonObject:
    domain = "usageLimits" if status in {403, 429} else "global"
    return google_body(status, GOOGLE_REASONS.get(status, "backendError"), phrase, domain=domain)


GRAPH_CODES = {401: "InvalidAuthenticationToken", 429: "TooManyRequests", 500: "InternalServerError",
               503: "ServiceUnavailable", 504: "GatewayTimeout"}  # fmt: skip


def _graph_fault(status: int, phrase: str) -> JsonObject:
    return graph_body(GRAPH_CODES.get(status, "UnknownError"), phrase)


def _elevenlabs_fault(status: int, phrase: str) -> JsonObject:
    words = "too_many_concurrent_requests" if status == 429 else phrase.lower().replace(" ", "_")
    return {"detail": {"status": words, "message": phrase}}


OPENAI_MESSAGES = {
    429: ("rate_limit_exceeded", "requests", "Rate limit reached for text-embedding-3-small on requests per min."),
    500: (None, "server_error", "The server had an error while processing your request. Sorry about that!"),
    503: (None, "server_error", "The engine is currently overloaded, please try again later."),
}


def _openai_fault(status: int, phrase: str) -> JsonObject:
    code, kind, message = OPENAI_MESSAGES.get(status, (None, "invalid_request_error", phrase))
    return openai_body(message, kind=kind, code=code)


FAULT_BODIES: dict[str, Callable[[int, str], JsonObject]] = {
    "vapi": _vapi_fault,
    "resend": _resend_fault,
    "twilio": _twilio_fault,
    "google": _google_fault,
    "microsoft": _graph_fault,
    "elevenlabs": _elevenlabs_fault,
    "openai": _openai_fault,
}


def fault_response(provider: str, status: int) -> Response:
    """Return the error that a tester asked for, in the provider's own form."""
    headers = {"retry-after": "1"} if status in {429, 503} else {}
    if provider == "vapi" and status in AT_THE_EDGE:
        return PlainTextResponse(f"error code: {status}", status_code=status, headers=headers)
    known = {item.value: item.phrase for item in http.HTTPStatus}
    body = FAULT_BODIES[provider](status, known.get(status, "Error"))
    return JSONResponse(body, status_code=status, headers=headers)
