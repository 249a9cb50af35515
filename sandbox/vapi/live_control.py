"""Taking part in a live call: what Vapi's control address accepts. Like Vapi's it asks for no key."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.calls.conversation import Conversation
from sandbox.calls.line import CallOver
from sandbox.calls.transfers import problem_of, put_through
from sandbox.json_types import JsonObject, as_object
from sandbox.state import sandbox_of
from sandbox.vapi.access import read_body
from sandbox.vapi.errors import VapiError, bad_request

CONTROLS = ("mute-assistant", "unmute-assistant", "mute-customer", "unmute-customer", "say-first-message")
ROLES = ("system", "user", "assistant", "tool", "function", "developer")


async def control(request: Request) -> JSONResponse:
    """Carry out a command on a call in progress: it is acknowledged at once and done in the background."""
    sandbox = sandbox_of(request)
    talk = sandbox.switchboard.conversation(request.path_params["identity"])
    if talk is None or talk.call.ended_reason is not None:
        raise VapiError(404, "Call not found or no longer in progress")
    command = await read_body(request)
    if problem := _problem_of(command):
        raise bad_request(problem)
    sandbox.background.later(0, lambda: _carry_out(talk, command))
    return JSONResponse({"success": True})


def live_control_routes() -> list[Route]:
    """Return the route that a call's `monitor.controlUrl` names."""
    return [Route("/call/{identity}/control", control, methods=["POST"])]


def _problem_of(command: JsonObject) -> str:
    match command.get("type"):
        case "say":
            return "" if isinstance(command.get("content"), str) else "content must be a string"
        case "transfer":
            return problem_of(as_object(command.get("destination")))
        case "control":
            known = command.get("control") in CONTROLS
            return "" if known else f"control must be one of the following values: {', '.join(CONTROLS)}"
        case "add-message":
            known = as_object(command.get("message")).get("role") in ROLES
            return "" if known else f"message.role must be one of the following values: {', '.join(ROLES)}"
        case "end-call":
            return ""
        case _:
            return "type must be one of the following values: say, add-message, control, end-call, transfer"


async def _carry_out(talk: Conversation, command: JsonObject) -> None:
    try:
        await _act(talk, command)
    except CallOver:
        return


async def _act(talk: Conversation, command: JsonObject) -> None:
    match command["type"]:
        case "say":
            await talk.assistant_says(str(command["content"]))
            if command.get("endCallAfterSpoken"):
                await talk.hang_up("assistant-ended-call-after-message-spoken")
        case "transfer":
            content = command.get("content")
            await put_through(talk, as_object(command["destination"]), str(content) if content else None)
        case "end-call":
            await talk.hang_up("manually-canceled")
        case "add-message":
            added = as_object(command["message"])
            talk.line.remember(str(added["role"]), str(added.get("content") or ""))
        case "control" if command["control"] == "say-first-message":
            await talk.assistant_says(talk.fixed_line("firstMessage"))
