"""Vapi's calls: start an outbound one, read what became of it, fetch its recording."""

import io
import random
import time
import wave
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
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
from sandbox.vapi.settings import read_settings

RECORDING_RATE_HZ = 8000


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


async def recording_link(request: Request) -> RedirectResponse:
    """Redirect to a recording's short-lived address."""
    artifact = as_object(_access(request).get("artifact"))
    stereo = request.url.path.endswith("stereo-recording")
    link = artifact.get("presignedStereoUrl" if stereo else "presignedMonoUrl")
    if not link:
        raise not_found("Recording", request.path_params["identity"])
    expires = int(time.time() * 1000) + 1_800_000
    return RedirectResponse(f"{str(link).split('?')[0]}?X-Amz-Expires=1800&expires={expires}", status_code=302)


async def storage(request: Request) -> Response:
    """Serve a recording (silence of the call's length) to a presigned address; refuse a bare or expired one."""
    expires = request.query_params.get("expires", "0")
    if not expires.isdecimal() or int(expires) < time.time() * 1000:
        return Response("<Error><Code>AccessDenied</Code></Error>", status_code=403, media_type="application/xml")
    name = request.path_params["name"]
    call_id, _, kind = name.removesuffix(".wav").rpartition("-")
    call = sandbox_of(request).resources.find("call", call_id)
    if call is None:
        return Response("<Error><Code>NoSuchKey</Code></Error>", status_code=404, media_type="application/xml")
    seconds = max((item.get("secondsFromStart", 0) for item in call.get("messages", ())), default=0) + 3
    return Response(_silence(seconds, channels=2 if kind == "stereo" else 1), media_type="audio/wav")


def call_routes() -> list[Route]:
    """Return the routes of calls and their recordings."""
    return [
        Route("/call", create, methods=["POST"]),
        Route("/call", index, methods=["GET"]),
        Route("/call/{identity}", show, methods=["GET"]),
        Route("/call/{identity}", update, methods=["PATCH"]),
        Route("/call/{identity}", destroy, methods=["DELETE"]),
        Route("/call/{identity}/mono-recording", recording_link, methods=["GET"]),
        Route("/call/{identity}/stereo-recording", recording_link, methods=["GET"]),
        Route("/storage/{name}", storage, methods=["GET"]),
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


def _silence(seconds: float, *, channels: int) -> bytes:
    """Return a WAV file in which nothing is heard."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as audio:
        audio.setnchannels(channels)
        audio.setsampwidth(1)
        audio.setframerate(RECORDING_RATE_HZ)
        audio.writeframes(b"\x80" * int(seconds * RECORDING_RATE_HZ) * channels)
    return buffer.getvalue()
