"""The sandbox's own API under /sandbox: place calls, read the ledger, cause faults, forget."""

import random
from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sandbox.calls.switchboard import CallOrder
from sandbox.control_calendars import calendar_control_routes
from sandbox.control_errors import ControlError, read_body
from sandbox.control_faults import fault_control_routes
from sandbox.control_ledger import counts, ledger
from sandbox.control_twilio import twilio_control_routes
from sandbox.json_types import JsonObject, as_object
from sandbox.scenarios import SCENARIOS
from sandbox.scenarios.base import Wishes
from sandbox.state import Sandbox, sandbox_of
from sandbox.vapi.limits import set_concurrency_limit

ORDER_FIELDS = frozenset({"assistantId", "scenario", "fast", "customer", "seed", "metadata", "service", "date"})
DEFAULT_SCENARIO = "book_appointment"


def order_from(sandbox: Sandbox, body: JsonObject) -> CallOrder:
    """Read what call to place, or raise ControlError."""
    if unknown := sorted(set(body) - ORDER_FIELDS):
        raise ControlError(f"Unknown fields: {', '.join(unknown)}.")
    scenario = SCENARIOS.get(str(body.get("scenario") or DEFAULT_SCENARIO))
    if scenario is None:
        raise ControlError(f"There is no scenario {body.get('scenario')}. Choose from: {', '.join(SCENARIOS)}.")
    identity = str(body.get("assistantId"))
    assistant = sandbox.resources.find("assistant", identity)
    owner = sandbox.resources.owner_of("assistant", identity)
    if assistant is None or owner is None:
        raise ControlError(f"There is no assistant {identity}.", 404)
    if not as_object(assistant.get("server")).get("url"):
        raise ControlError("The assistant has no server.url, so nobody would hear of the call.")
    seed = body.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise ControlError("seed must be a whole number.")
    return CallOrder(
        assistant=assistant,
        owner=owner,
        scenario=scenario,
        seed=random.randrange(2**31) if seed is None else seed,
        fast=body.get("fast") is True,
        customer=as_object(body.get("customer")),
        metadata=as_object(body.get("metadata")),
        overrides={"metadata": body["metadata"]} if as_object(body.get("metadata")) else {},
        wishes=Wishes(service=str(body.get("service") or ""), date=_date(body.get("date"))),
    )


def _date(value: object) -> str:
    if not value:
        return ""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise ControlError("date must be written YYYY-MM-DD.") from error


async def place_call(request: Request) -> JSONResponse:
    """Place a call: 201 with its id; it is played in the background."""
    sandbox = sandbox_of(request)
    order = order_from(sandbox, await read_body(request))
    call = sandbox.switchboard.place(order)
    return JSONResponse({"callId": call["id"], "scenario": order.scenario.key, "seed": order.seed}, status_code=201)


async def show_call(request: Request) -> JSONResponse:
    """Tell how a call is going, with every delivery attempt so far."""
    sandbox, call_id = sandbox_of(request), request.path_params["call_id"]
    run = sandbox.switchboard.find_run(call_id)
    if run is None:
        raise ControlError(f"There is no call {call_id}.", 404)
    return JSONResponse(
        {
            "callId": call_id,
            "scenario": run["scenario"],
            "seed": run["seed"],
            "status": run["status"],
            "error": run["error"],
            "notes": run["notes"],
            "deliveries": sandbox.ledger.delivery_summaries(call_id),
        }
    )


async def scenarios(_request: Request) -> JSONResponse:
    """List the kinds of call that can be placed."""
    return JSONResponse(
        [
            {"key": item.key, "title": item.title, "description": item.description}
            for item in SCENARIOS.values()
            if item.listed
        ]
    )


async def health(_request: Request) -> JSONResponse:
    """Say that the sandbox is up."""
    return JSONResponse({"status": "ok"})


async def set_limits(request: Request) -> JSONResponse:
    """Say how many calls each organisation at Vapi may have at once."""
    limit = (await read_body(request)).get("concurrencyLimit")
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise ControlError("concurrencyLimit must be a whole number from 0.")
    set_concurrency_limit(sandbox_of(request).resources, limit)
    return JSONResponse({"concurrencyLimit": limit})


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
            Route("/calls", place_call, methods=["POST"]),
            Route("/calls/{call_id}", show_call, methods=["GET"]),
            Route("/scenarios", scenarios, methods=["GET"]),
            Route("/health", health, methods=["GET"]),
            Route("/ledger", ledger, methods=["GET"]),
            Route("/ledger/counts", counts, methods=["GET"]),
            *fault_control_routes(),
            Route("/vapi/limits", set_limits, methods=["PUT"]),
            Route("/reset", reset, methods=["POST"]),
            *twilio_control_routes(),
            *calendar_control_routes(),
        ],
    )
