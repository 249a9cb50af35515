"""Causing faults through the control API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.control_errors import ControlError, read_body
from sandbox.faults import PROVIDERS, BadFaultError, parse_fault
from sandbox.state import sandbox_of


async def list_faults(request: Request) -> JSONResponse:
    """List the faults in force."""
    return JSONResponse(sandbox_of(request).faults.all())


async def set_fault(request: Request) -> JSONResponse:
    """Make a provider, or one of its operations, misbehave."""
    provider = _provider(request)
    try:
        fault = parse_fault(await read_body(request))
    except BadFaultError as error:
        raise ControlError(f"{error}.") from error
    return JSONResponse(sandbox_of(request).faults.set(provider, fault))


async def remove_fault(request: Request) -> Response:
    """Make a provider well again; `operation` in the query: only in that respect."""
    sandbox_of(request).faults.remove(_provider(request), request.query_params.get("operation"))
    return Response(status_code=204)


def fault_control_routes() -> list[Route]:
    """Return the routes of faults."""
    return [
        Route("/faults", list_faults, methods=["GET"]),
        Route("/faults/{provider}", set_fault, methods=["PUT"]),
        Route("/faults/{provider}", remove_fault, methods=["DELETE"]),
    ]


def _provider(request: Request) -> str:
    provider = str(request.path_params["provider"])
    if provider not in PROVIDERS:
        raise ControlError(f"There is no provider {provider}. Choose from: {', '.join(PROVIDERS)}.", 404)
    return provider
