"""Vapi's calls: start an outbound one, read what became of it."""

import random
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.calls.admission import TOO_MANY
from sandbox.calls.switchboard import CallOrder
from sandbox.json_types import JsonObject, as_object
from sandbox.scenarios import scenario_for_number
from sandbox.scenarios.called import NO_ANSWER
from sandbox.state import Sandbox, sandbox_of
from sandbox.vapi.access import read_body, require_organisation
from sandbox.vapi.bodies import CALL, CALL_UPDATE
from sandbox.vapi.collections import COLLECTIONS
from sandbox.vapi.errors import VapiError, bad_request, missing_reference, not_found
from sandbox.vapi.limits import is_full, subscription_limits
from sandbox.vapi.listing import read_selection
from sandbox.vapi.recording_routes import recording_routes
from sandbox.vapi.settings import read_settings


async def create(request: Request) -> JSONResponse:
    """Dial a customer with a saved assistant: 201 and a queued call."""
    owner, sandbox = require_organisation(request), sandbox_of(request)
    body = await read_body(request)
    if problems := CALL.problems(body):
        raise bad_request(*problems)
    assistant = _assistant(sandbox, owner, body)
    phone_number = _referred(sandbox, owner, "phone-number", "Phone Number", body.get("phoneNumberId"))
    order = CallOrder(
        assistant=assistant,
        unproven=not body.get("assistantId"),
        owner=owner,
        scenario=NO_ANSWER,
        seed=0,
        fast=sandbox.fast_outbound if (fast := read_settings(sandbox.resources)["fast"]) is None else fast,
        outbound=True,
        phone_number=phone_number,
        overrides=as_object(body.get("assistantOverrides")),
        metadata=as_object(body.get("metadata")),
    )
    if customers := body.get("customers"):
        results = [_dial(sandbox, order, customer) for customer in customers]
        limits = subscription_limits(sandbox, owner)
        return JSONResponse({"results": results, "errors": [], "subscriptionLimits": limits}, status_code=201)
    customer = as_object(body.get("customer"))
    if not customer.get("number"):
        raise bad_request("customer.number should not be empty")
    return JSONResponse(_dial(sandbox, order, customer), status_code=201)


async def index(request: Request) -> JSONResponse:
    """List calls, newest first."""
    owner = require_organisation(request)
    selection = read_selection(request, "assistantId", "phoneNumberId", "id")
    return JSONResponse(sandbox_of(request).resources.select("call", selection, owner=owner))


async def show(request: Request) -> JSONResponse:
    """Return one call; after its end with artifact, analysis and costs."""
    return JSONResponse(_access(request))


async def update(request: Request) -> JSONResponse:
    """Rename a call: nothing else about it can be changed."""
    stored, change = _access(request), await read_body(request)
    if problems := CALL_UPDATE.problems(change):
        raise bad_request(*problems)
    return JSONResponse(sandbox_of(request).resources.replace("call", {**stored, **change}))


async def destroy(request: Request) -> JSONResponse:
    """Erase a call's data."""
    stored = _access(request)
    sandbox_of(request).resources.delete("call", stored["id"])
    return JSONResponse(stored)


def call_routes() -> list[Route]:
    """Return the routes of calls and their recordings."""
    return [
        Route("/call", create, methods=["POST"]),
        Route("/call", index, methods=["GET"]),
        Route("/call/{identity}", show, methods=["GET"]),
        Route("/call/{identity}", update, methods=["PATCH"]),
        Route("/call/{identity}", destroy, methods=["DELETE"]),
        *recording_routes(),
    ]


def _access(request: Request) -> JsonObject:
    owner, identity = require_organisation(request), request.path_params["identity"]
    stored = sandbox_of(request).resources.find("call", identity, owner=owner)
    if stored is None:
        raise not_found("Call", identity)
    return stored


def _assistant(sandbox: Sandbox, owner: str, body: JsonObject) -> JsonObject:
    """Return the saved assistant that is named, else the one that came with the call."""
    inline = body.get("assistant")
    if not inline or body.get("assistantId"):
        return _referred(sandbox, owner, "assistant", "Assistant", body.get("assistantId"))
    COLLECTIONS["assistant"].check_references(inline, sandbox.resources, owner)
    return as_object(inline)


def _referred(sandbox: Sandbox, owner: str, kind: str, title: str, identity: str | None) -> JsonObject:
    if identity is None:
        name = {"assistant": "assistantId", "phone-number": "phoneNumberId"}[kind]
        raise VapiError(400, f"Couldn't Get {title}. Need Either `{name}` Or `{name.removesuffix('Id')}`.")
    found = sandbox.resources.find(kind, identity, owner=owner)
    if found is None:
        raise missing_reference(title, identity)
    return found


def _dial(sandbox: Sandbox, order: CallOrder, customer: JsonObject) -> JsonObject:
    """Call one customer; their number decides how they take it."""
    dialled = replace(
        order,
        refusal=TOO_MANY if is_full(sandbox, order.owner) else "",
        scenario=scenario_for_number(str(customer.get("number"))),
        seed=random.randrange(2**31),
        customer=customer,
        overrides=order.overrides | as_object(customer.get("assistantOverrides")),
    )
    return {**sandbox.switchboard.place(dialled), "subscriptionLimits": subscription_limits(sandbox, order.owner)}
