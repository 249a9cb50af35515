"""Vapi's API, mounted under /vapi."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sandbox.vapi.call_routes import call_routes
from sandbox.vapi.collection_routes import collection_routes
from sandbox.vapi.errors import VapiError
from sandbox.vapi.live_control import live_control_routes


async def unknown_route(request: Request) -> JSONResponse:
    """Answer a path or method that Vapi does not have, as NestJS does."""
    path = request.url.path.removeprefix("/vapi")
    return VapiError(404, f"Cannot {request.method} {path}").response()


async def refuse(_request: Request, error: Exception) -> Response:
    """Turn a refusal into its response."""
    if not isinstance(error, VapiError):
        raise error
    return error.response()


def vapi_mount() -> Mount:
    """Return everything under /vapi."""
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    fallback = Route("/{path:path}", unknown_route, methods=methods)
    return Mount("/vapi", routes=[*collection_routes(), *call_routes(), *live_control_routes(), fallback])
