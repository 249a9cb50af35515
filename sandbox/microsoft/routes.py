"""Microsoft's hosts under /microsoft: login.microsoftonline.com at its root, graph.microsoft.com under /graph."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sandbox.microsoft.access import problem
from sandbox.microsoft.consent_routes import consent_routes
from sandbox.microsoft.graph_routes import graph_routes
from sandbox.microsoft.token_routes import token_routes


async def unknown_route(request: Request) -> JSONResponse:
    """Answer a path that the sandbox does not speak."""
    segment = request.url.path.rsplit("/", 1)[-1]
    raise problem(400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def microsoft_mount() -> Mount:
    """Return everything under /microsoft."""
    fallback = Route("/{path:path}", unknown_route, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    graph = Mount("/graph/v1.0", routes=[*graph_routes(), fallback])
    return Mount("/microsoft", routes=[graph, *consent_routes(), *token_routes(), fallback])
