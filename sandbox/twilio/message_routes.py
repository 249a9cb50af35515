"""Messages over HTTP: send, list, fetch, erase."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.forms import is_web_address, parse_form
from sandbox.json_types import JsonObject
from sandbox.twilio import caller_ids, messages, numbers
from sandbox.twilio.access import Visit, enter
from sandbox.twilio.errors import bad_request, not_found
from sandbox.twilio.identifiers import MAGIC, MAGIC_GOOD, is_magic, is_number
from sandbox.twilio.listing import listing

MAX_BODY = 1600
WHATSAPP = "whatsapp:"
SERVICE_SID = re.compile(r"MG[0-9a-f]{32}")
MAGIC_TO = {f"{MAGIC}{digit}": code for digit, code in
            (("1", 21211), ("2", 21612), ("3", 21408), ("4", 21610), ("9", 21614))}  # fmt: skip
MAGIC_FROM = {f"{MAGIC}{digit}": code for digit, code in (("1", 21212), ("7", 21606), ("8", 21611))}


async def create(request: Request) -> JSONResponse:
    """Send a message: 201 and queued (accepted with a messaging service)."""
    visit, raw = enter(request), await request.body()
    form = parse_form(raw)
    _check_recipient(form)
    sender = _sender(visit, form)
    _check_content(form)
    recipient = form["To"]
    if sender == recipient:
        raise bad_request(21266, recipient)
    if messages.has_opted_out(visit.resources, _plain(sender), _plain(recipient)):
        raise bad_request(21610)
    service = form.get("MessagingServiceSid", "")
    fields: JsonObject = {
        "from": sender,
        "to": recipient,
        "body": form.get("Body", ""),
        "media": "MediaUrl" in form,
        "status_callback": form.get("StatusCallback", ""),
        "messaging_service_sid": service,
    }
    sent = messages.send(visit.sandbox, visit.sid, fields)
    first = {**sent, "status": "accepted", "num_segments": "0", "from": None} if service else sent
    return JSONResponse(messages.shown(first), status_code=201)


async def index(request: Request) -> JSONResponse:
    """List messages, newest first; `To` and `From` narrow it."""
    visit, query = enter(request), request.query_params
    equals = {name.lower(): query[name].replace(" ", "+") for name in ("To", "From") if query.get(name)}
    return listing(request, "messages", messages.messages_of(visit.resources, visit.sid, equals), messages.shown)


async def show(request: Request) -> JSONResponse:
    """Return one message."""
    visit = enter(request)
    return JSONResponse(messages.shown(_access(visit, request)))


async def destroy(request: Request) -> Response:
    """Erase a message: 204."""
    visit = enter(request)
    visit.resources.delete(messages.KIND, _access(visit, request)["id"])
    return Response(status_code=204)


def message_routes() -> list[Route]:
    """Return the routes of messages."""
    return [
        Route("/Accounts/{account}/Messages.json", create, methods=["POST"]),
        Route("/Accounts/{account}/Messages.json", index, methods=["GET"]),
        Route("/Accounts/{account}/Messages/{sid}.json", show, methods=["GET"]),
        Route("/Accounts/{account}/Messages/{sid}.json", destroy, methods=["DELETE"]),
    ]


def _access(visit: Visit, request: Request) -> JsonObject:
    found = visit.resources.find(messages.KIND, request.path_params["sid"], owner=visit.sid)
    if found is None:
        raise not_found(visit.path)
    return found


def _plain(address: str) -> str:
    return address.removeprefix(WHATSAPP)


def _check_recipient(form: dict[str, str]) -> None:
    recipient = _plain(form.get("To", ""))
    if not recipient:
        raise bad_request(21604)
    if recipient in MAGIC_TO:
        raise bad_request(MAGIC_TO[recipient], recipient)
    if not is_number(recipient):
        raise bad_request(21211, recipient)


def _sender(visit: Visit, form: dict[str, str]) -> str:
    """Return the number that the message goes out from, or refuse it as Twilio does."""
    sender, service = form.get("From", ""), form.get("MessagingServiceSid", "")
    number = _plain(sender)
    if number in MAGIC_FROM:
        raise bad_request(MAGIC_FROM[number], number)
    if not sender:
        return _from_service(visit, service)
    if not is_number(number):
        raise bad_request(21212, number)
    if number == MAGIC_GOOD or numbers.owned_by(visit.resources, visit.sid, number=number):
        return sender
    if is_magic(number) or caller_ids.verified(visit.resources, visit.sid, number=number):
        raise bad_request(21606, number)
    if numbers.name_number(visit.resources, visit.sid, number) is None:
        raise bad_request(21660 if numbers.holders(visit.resources, number) else 21659, number)
    return sender


def _from_service(visit: Visit, service: str) -> str:
    if not SERVICE_SID.fullmatch(service):
        raise bad_request(21603)
    owned = numbers.owned_by(visit.resources, visit.sid)
    return str(owned[0]["phone_number"]) if owned else MAGIC_GOOD


def _check_content(form: dict[str, str]) -> None:
    text = form.get("Body", "")
    if not text and "MediaUrl" not in form and "ContentSid" not in form:
        raise bad_request(21602)
    if len(text) > MAX_BODY:
        raise bad_request(21617)
    callback = form.get("StatusCallback")
    if callback and not is_web_address(callback):
        raise bad_request(21609, callback)
