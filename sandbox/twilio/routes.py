"""Twilio's API, mounted under /twilio."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sandbox.twilio.access import require_caller
from sandbox.twilio.account_routes import account_routes
from sandbox.twilio.caller_id_routes import caller_id_routes
from sandbox.twilio.calls import call_routes
from sandbox.twilio.errors import not_found
from sandbox.twilio.identifiers import VERSION
from sandbox.twilio.message_routes import message_routes
from sandbox.twilio.number_routes import number_routes
from sandbox.twilio.pricing import pricing_routes


async def unknown_route(request: Request) -> JSONResponse:
    """Answer a path that the sandbox does not speak, in Twilio's words."""
    require_caller(request)
    raise not_found(request.url.path.removeprefix("/twilio"))


def twilio_mount() -> Mount:
    """Return everything under /twilio."""
    routes = [*account_routes(), *number_routes(), *caller_id_routes(), *message_routes(), *call_routes()]
    fallback = Route("/{path:path}", unknown_route, methods=["GET", "POST", "PUT", "DELETE"])
    versions = [Mount(f"/{VERSION}", routes=routes), Mount("/v1", routes=pricing_routes())]
    return Mount("/twilio", routes=[*versions, fallback])
