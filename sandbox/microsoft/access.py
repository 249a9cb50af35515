"""Scopes, and who may read what: Microsoft's words for what it refuses."""

import uuid

from starlette.requests import Request

from sandbox import clock
from sandbox.json_types import JsonObject
from sandbox.oauth.grants import Access, Grants
from sandbox.refusals import Refusal, graph_body
from sandbox.state import Sandbox, sandbox_of

PROVIDER = "microsoft"
LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com/"
TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of every account here: the one that Microsoft keeps for personal accounts."""

WRITE = frozenset({"calendars.readwrite", "calendars.readwrite.shared"})
READ = WRITE | {"calendars.read", "calendars.read.shared"}
READ_BUSY = READ | {"calendars.readbasic"}
READ_USER = frozenset({"user.read", "user.readwrite", "user.readbasic.all", "user.read.all"})
IDENTITY = frozenset({"openid", "profile", "email", "offline_access"})
KNOWN = READ_BUSY | READ_USER | IDENTITY | {"mailboxsettings.read", "mailboxsettings.readwrite"}


def grants_of(sandbox: Sandbox) -> Grants:
    """Return Microsoft's grants."""
    return Grants(sandbox.resources, PROVIDER)


def bare(scope: str) -> str:
    """Return a scope without Graph's address, in lower case: Microsoft does not care for capitals."""
    return scope.removeprefix(GRAPH).lower()


def unknown_scopes(scopes: list[str]) -> list[str]:
    """Return the scopes that Graph does not have; `.default` asks for what the application was set up with."""
    return [scope for scope in scopes if bare(scope) not in KNOWN and bare(scope) != ".default"]


def object_id(email: str) -> str:
    """Return the identifier that stands for an account: always the same for an address."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{email}"))


def problem(status: int, code: str, message: str) -> Refusal:
    """Return a refusal of Graph."""
    return Refusal(status, graph_body(code, message))


def not_found() -> Refusal:
    """Return Graph's 404 for something in a mailbox."""
    return problem(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def bad_request(message: str, code: str = "ErrorInvalidRequest") -> Refusal:
    """Return Graph's 400."""
    return problem(400, code, message)


def require_access(request: Request, scopes: frozenset[str]) -> Access:
    """Return what the request's token opens; 401 for a bad token, 403 when none of the scopes was granted."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise problem(401, "InvalidAuthenticationToken", "Access token is empty.")
    access = grants_of(sandbox_of(request)).find_access(token.strip())
    if access is None:
        raise problem(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
    if not {bare(scope) for scope in access.scopes} & scopes:
        raise problem(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    return access


def aadsts(status: int, error: str, number: int, sentence: str) -> Refusal:
    """Return a refusal of the token endpoint, with its AADSTS number."""
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    stamp = clock.now().strftime("%Y-%m-%d %H:%M:%SZ")
    description = f"AADSTS{number}: {sentence} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
    body: JsonObject = {
        "error": error,
        "error_description": description,
        "error_codes": [number],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{LOGIN}/error?code={number}",
    }
    return Refusal(status, body)
