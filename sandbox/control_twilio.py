"""The part of the control API that plays the people at the other end of Twilio's lines."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.control_errors import ControlError, read_body
from sandbox.json_types import JsonObject
from sandbox.resources import Selection
from sandbox.state import Sandbox, sandbox_of
from sandbox.twilio import accounts, caller_ids, calls, forwarding, messages, numbers
from sandbox.twilio.identifiers import is_number

EVERYTHING = Selection(limit=-1)


async def send_text(sandbox: Sandbox, body: JsonObject) -> JsonObject:
    """Text one of the product's numbers as a patient would; return the message's id and how its webhook went."""
    sender, number, text = (str(body.get(name) or "") for name in ("from", "to", "body"))
    if not is_number(sender) or not is_number(number):
        raise ControlError("from and to must be numbers like +447700900123.")
    owners = numbers.holders(sandbox.resources, number)
    owned = next((item for item in owners if item.get("sms_url")), None)
    if not owners:
        raise ControlError(f"Nobody owns {number} at Twilio yet.", 404)
    if owned is None:
        raise ControlError(f"{number} has no SmsUrl, so nobody would hear of the message.", 409)
    message, sent = await messages.receive(sandbox, owned, sender=sender, text=text)
    return {"messageSid": message["id"], "statusCode": sent.status_code, "error": sent.error, "response": sent.response}


async def receive_sms(request: Request) -> JSONResponse:
    """Carry out POST /sandbox/sms: 201 when the webhook was sent, whatever came back."""
    return JSONResponse(await send_text(sandbox_of(request), await read_body(request)), status_code=201)


async def answer_validation(request: Request) -> JSONResponse:
    """Carry out POST /sandbox/validation-calls/{sid}: the call is taken now, as the number's last digits say."""
    ended = await caller_ids.answer(sandbox_of(request), request.path_params["sid"])
    if ended is None:
        raise ControlError("No such call rings.", 404)
    return JSONResponse({"outcome": ended["outcome"]})


async def dial_on_line(request: Request) -> JSONResponse:
    """Carry out POST /sandbox/lines/{number}/dial: somebody keys a code in on that line."""
    number, body = f"+{request.path_params['number'].lstrip('+')}", await read_body(request)
    if not is_number(number):
        raise ControlError("The line must be a number like +447700900123.")
    try:
        return JSONResponse(forwarding.dial(sandbox_of(request), number, str(body.get("code") or "")))
    except forwarding.NotACode as error:
        raise ControlError("The network does not take that code.", 422) from error


async def overview(request: Request) -> JSONResponse:
    """Return everything that Twilio knows: the oracle for tests. Tokens are left out."""
    return JSONResponse(twilio_state(sandbox_of(request)))


def twilio_state(sandbox: Sandbox) -> JsonObject:
    """Return accounts, numbers, their history, caller IDs, validation calls, messages and calls, newest first."""

    def all_of(kind: str) -> list[JsonObject]:
        return sandbox.resources.select(kind, EVERYTHING)

    known = [{key: value for key, value in item.items() if key != "auth_token"} for item in all_of(accounts.KIND)]
    return {
        "accounts": known,
        "numbers": all_of(numbers.KIND),
        "numberHistory": all_of(numbers.HISTORY),
        "callerIds": all_of(caller_ids.KIND),
        "validations": all_of(caller_ids.REQUESTS),
        "messages": all_of(messages.KIND),
        "optOuts": all_of(messages.OPT_OUTS),
        "calls": all_of(calls.KIND),
        "lines": all_of(forwarding.KIND),
    }


def twilio_control_routes() -> list[Route]:
    """Return the routes under /sandbox that concern Twilio."""
    return [
        Route("/sms", receive_sms, methods=["POST"]),
        Route("/validation-calls/{sid}", answer_validation, methods=["POST"]),
        Route("/lines/{number}/dial", dial_on_line, methods=["POST"]),
        Route("/twilio", overview, methods=["GET"]),
    ]
