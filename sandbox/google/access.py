"""Scopes, and who may read what: Google's words for what it refuses."""

from starlette.requests import Request

from sandbox.json_types import JsonObject
from sandbox.oauth.grants import Access, Grants
from sandbox.refusals import Refusal, google_body
from sandbox.state import Sandbox, sandbox_of

PROVIDER = "google"
BASE = "https://www.googleapis.com/auth/"
EMAIL, PROFILE = f"{BASE}userinfo.email", f"{BASE}userinfo.profile"
SHORT = {"email": EMAIL, "profile": PROFILE}

CALENDAR, READONLY = f"{BASE}calendar", f"{BASE}calendar.readonly"
EVENTS, EVENTS_READONLY = f"{BASE}calendar.events", f"{BASE}calendar.events.readonly"
WRITE_EVENTS = frozenset({CALENDAR, EVENTS, f"{EVENTS}.owned"})
READ_EVENTS = WRITE_EVENTS | {READONLY, EVENTS_READONLY, f"{EVENTS}.owned.readonly"}
READ_BUSY = frozenset({CALENDAR, READONLY, f"{BASE}calendar.freebusy", f"{BASE}calendar.events.freebusy"})
READ_LIST = frozenset({CALENDAR, READONLY, f"{BASE}calendar.calendarlist", f"{BASE}calendar.calendarlist.readonly"})
READ_CALENDAR = frozenset({CALENDAR, READONLY, f"{BASE}calendar.calendars", f"{BASE}calendar.calendars.readonly"})
READ_SETTINGS = frozenset({CALENDAR, READONLY, f"{BASE}calendar.settings.readonly"})
KNOWN = frozenset({"openid", EMAIL, PROFILE}) | READ_EVENTS | READ_BUSY | READ_LIST | READ_CALENDAR | READ_SETTINGS


def grants_of(sandbox: Sandbox) -> Grants:
    """Return Google's grants."""
    return Grants(sandbox.resources, PROVIDER)


def expand(scopes: list[str]) -> list[str]:
    """Write scopes out in full; who asks for an identity gets `openid` too, as at Google."""
    full = [SHORT.get(scope, scope) for scope in scopes]
    if {EMAIL, PROFILE} & set(full):
        full.append("openid")
    return list(dict.fromkeys(full))


def problem(status: int, reason: str, message: str, *, domain: str = "global") -> Refusal:
    """Return a refusal of the Calendar API."""
    return Refusal(status, google_body(status, reason, message, domain=domain))


def not_found() -> Refusal:
    """Return the 404 of the Calendar API."""
    return problem(404, "notFound", "Not Found")


def invalid(message: str) -> Refusal:
    """Return the 400 of a value that makes no sense."""
    return problem(400, "invalid", message)


def require_access(request: Request, scopes: frozenset[str]) -> Access:
    """Return what the request's token opens; 401 for a bad token, 403 when none of the scopes was granted."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    access = grants_of(sandbox_of(request)).find_access(token.strip()) if scheme.lower() == "bearer" else None
    if access is None:
        raise Refusal(401, _bad_token(), headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/"'})
    if not access.scopes & scopes:
        raise Refusal(403, _too_little())
    return access


def _bad_token() -> JsonObject:
    body = google_body(401, "authError", "Invalid Credentials")
    body["error"]["errors"][0] |= {"locationType": "header", "location": "Authorization"}
    return body


def _too_little() -> JsonObject:
    message = "Request had insufficient authentication scopes."
    body = google_body(403, "insufficientPermissions", message)
    body["error"]["errors"][0]["message"] = "Insufficient Permission"
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
    body["error"] |= {"status": "PERMISSION_DENIED", "details": [detail]}
    return body
