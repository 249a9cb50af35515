"""Google's hosts, all mounted under /google: accounts.google.com, oauth2.googleapis.com, www.googleapis.com."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sandbox.google.access import not_found
from sandbox.google.calendar_routes import calendar_routes
from sandbox.google.consent_routes import consent_routes
from sandbox.google.token_routes import token_routes


async def unknown_route(_request: Request) -> JSONResponse:
    """Answer a path that the sandbox does not speak."""
    raise not_found()


def google_mount() -> Mount:
    """Return everything under /google."""
    fallback = Route("/{path:path}", unknown_route, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    calendar = Mount("/calendar/v3", routes=calendar_routes())
    return Mount("/google", routes=[*consent_routes(), *token_routes(), calendar, fallback])
