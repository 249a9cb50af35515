"""The sandbox's own API under /sandbox: place calls, read the ledger, cause faults, forget."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sandbox.control_calendars import calendar_control_routes
from sandbox.control_calls import call_control_routes
from sandbox.control_faults import fault_control_routes
from sandbox.control_ledger import assistants, counts, ledger
from sandbox.control_twilio import twilio_control_routes
from sandbox.rehearsals.routes import rehearsal_routes
from sandbox.scenarios import SCENARIOS
from sandbox.state import Sandbox, sandbox_of


async def scenarios(_request: Request) -> JSONResponse:
    """List the kinds of call that can be placed."""
    return JSONResponse(
        [
            {
                "key": item.key,
                "title": item.title,
                "description": item.description,
                "callerHasVisit": item.caller_has_visit,
            }
            for item in SCENARIOS.values()
            if item.listed
        ]
    )


async def health(_request: Request) -> JSONResponse:
    """Say that the sandbox is up."""
    return JSONResponse({"status": "ok"})


async def reset(request: Request) -> JSONResponse:
    """Break off all calls and forget everything."""
    await forget_everything(sandbox_of(request))
    return JSONResponse({"status": "reset"})


async def forget_everything(sandbox: Sandbox) -> None:
    """Break off all calls and whatever else goes on, and empty the database."""
    await sandbox.background.stop()
    await sandbox.switchboard.stop()
    sandbox.faults.clear()
    sandbox.database.clear()


def control_mount() -> Mount:
    """Return everything under /sandbox."""
    return Mount(
        "/sandbox",
        routes=[
            *call_control_routes(),
            Route("/scenarios", scenarios, methods=["GET"]),
            Route("/health", health, methods=["GET"]),
            Route("/ledger", ledger, methods=["GET"]),
            Route("/assistants", assistants, methods=["GET"]),
            Route("/ledger/counts", counts, methods=["GET"]),
            *fault_control_routes(),
            Route("/reset", reset, methods=["POST"]),
            *twilio_control_routes(),
            *calendar_control_routes(),
            *rehearsal_routes(),
        ],
    )
