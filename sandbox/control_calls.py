"""Placing calls through the control API and telling how they went; and what a tester may change about Vapi."""

import random
from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.calls.switchboard import CallOrder
from sandbox.control_errors import ControlError, read_body
from sandbox.json_types import JsonObject, JsonValue, as_object
from sandbox.resources import Selection
from sandbox.scenarios import SCENARIOS
from sandbox.scenarios.base import Scenario, Wishes
from sandbox.state import Sandbox, sandbox_of
from sandbox.vapi.bodies import SERVER
from sandbox.vapi.settings import RECORDINGS, change_settings, read_settings

TARGETS = ("assistantId", "phoneNumberId", "number")
ORDER_FIELDS = frozenset({*TARGETS, "scenario", "fast", "customer", "seed", "metadata", "service", "date"})
DEFAULT_SCENARIO = "book_appointment"


def order_from(sandbox: Sandbox, body: JsonObject) -> CallOrder:
    """Read what call to place, or raise ControlError."""
    if unknown := sorted(set(body) - ORDER_FIELDS):
        raise ControlError(f"Unknown fields: {', '.join(unknown)}.")
    if sum(bool(body.get(name)) for name in TARGETS) != 1:
        raise ControlError(f"Say whom to call by one of {', '.join(TARGETS)}.")
    place = _assistant if body.get("assistantId") else _line
    return place(sandbox, body, _scenario(body), _seed(body.get("seed")))


def _assistant(sandbox: Sandbox, body: JsonObject, scenario: Scenario, seed: int) -> CallOrder:
    """Ring an assistant, whatever number leads to it."""
    identity = str(body["assistantId"])
    assistant = sandbox.resources.find("assistant", identity)
    owner = sandbox.resources.owner_of("assistant", identity)
    if assistant is None or owner is None:
        raise ControlError(f"There is no assistant {identity}.", 404)
    if not as_object(assistant.get("server")).get("url"):
        raise ControlError("The assistant has no server.url, so nobody would hear of the call.")
    return CallOrder(
        assistant=assistant,
        owner=owner,
        scenario=scenario,
        seed=seed,
        fast=body.get("fast") is True,
        customer=as_object(body.get("customer")),
        metadata=as_object(body.get("metadata")),
        overrides={"metadata": body["metadata"]} if as_object(body.get("metadata")) else {},
        wishes=_wishes(body),
    )


def _line(sandbox: Sandbox, body: JsonObject, scenario: Scenario, seed: int) -> CallOrder:
    """Dial a number: its assistant answers, or whoever its server names."""
    if body.get("metadata"):
        raise ControlError("metadata is for calls to an assistant: who dials a number cannot give any.")
    name, wanted = ("id", body["phoneNumberId"]) if body.get("phoneNumberId") else ("number", body["number"])
    found = sandbox.resources.select("phone-number", Selection(limit=1, equals={name: str(wanted)}))
    if not found:
        raise ControlError(f"There is no phone number {wanted} at Vapi.", 404)
    return CallOrder(
        phone_number=found[0],
        owner=str(found[0]["orgId"]),
        scenario=scenario,
        seed=seed,
        fast=body.get("fast") is True,
        customer=as_object(body.get("customer")),
        wishes=_wishes(body),
    )


def _scenario(body: JsonObject) -> Scenario:
    scenario = SCENARIOS.get(str(body.get("scenario") or DEFAULT_SCENARIO))
    if scenario is None:
        raise ControlError(f"There is no scenario {body.get('scenario')}. Choose from: {', '.join(SCENARIOS)}.")
    return scenario


def _seed(value: JsonValue) -> int:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ControlError("seed must be a whole number.")
    return random.randrange(2**31) if value is None else int(value)


def _wishes(body: JsonObject) -> Wishes:
    return Wishes(service=str(body.get("service") or ""), date=_date(body.get("date")))


def _date(value: JsonValue) -> str:
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
    call = sandbox.resources.find("call", call_id) or {}
    return JSONResponse(
        {
            "callId": call_id,
            **{name: run[name] for name in ("scenario", "seed", "status", "error", "notes")},
            "assistantId": run["assistant_id"] or None,
            "endedReason": call.get("endedReason"),
            "deliveries": sandbox.ledger.delivery_summaries(call_id),
        }
    )


async def show_settings(request: Request) -> JSONResponse:
    """Tell what holds for all organisations at Vapi."""
    settings = read_settings(sandbox_of(request).resources)
    return JSONResponse({name: settings[name] for name in CHECKS})


async def set_settings(request: Request) -> JSONResponse:
    """Change some of what holds for all organisations at Vapi."""
    change = await read_body(request)
    if unknown := sorted(set(change) - set(CHECKS)):
        raise ControlError(f"Unknown settings: {', '.join(unknown)}. Choose from: {', '.join(CHECKS)}.")
    for name, value in change.items():
        CHECKS[name](value)
    return JSONResponse(change_settings(sandbox_of(request).resources, change))


def _limit(value: JsonValue) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ControlError("concurrencyLimit must be a whole number from 0.")


def _pace(value: JsonValue) -> None:
    if value is not None and not isinstance(value, bool):
        raise ControlError("fast must be true, false or null.")


def _server(value: JsonValue) -> None:
    if value is not None and (not isinstance(value, dict) or SERVER.problems(value)):
        raise ControlError("server must be an object as Vapi takes it, or null.")


def _flag(value: JsonValue) -> None:
    if not isinstance(value, bool):
        raise ControlError("checkReferences and enterprise must be true or false.")


def _recordings(value: JsonValue) -> None:
    if value not in RECORDINGS:
        raise ControlError(f"recordings must be one of {', '.join(RECORDINGS)}.")


CHECKS = {
    "concurrencyLimit": _limit,
    "fast": _pace,
    "server": _server,
    "checkReferences": _flag,
    "enterprise": _flag,
    "recordings": _recordings,
}


def call_control_routes() -> list[Route]:
    """Return the routes of calls and of Vapi's settings."""
    return [
        Route("/calls", place_call, methods=["POST"]),
        Route("/calls/{call_id}", show_call, methods=["GET"]),
        Route("/vapi", show_settings, methods=["GET"]),
        Route("/vapi", set_settings, methods=["PUT"]),
    ]
