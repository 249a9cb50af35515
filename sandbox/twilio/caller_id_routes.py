"""Caller IDs over HTTP: ask for a validation call, list, rename and remove what is verified."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.forms import is_web_address
from sandbox.json_types import JsonObject
from sandbox.twilio import caller_ids, numbers
from sandbox.twilio.access import Visit, enter, enter_with_form
from sandbox.twilio.errors import bad_request, not_found
from sandbox.twilio.identifiers import is_magic, is_number
from sandbox.twilio.listing import listing

MAX_DELAY_S = 60
MAX_NAME = 64


async def create(request: Request) -> JSONResponse:
    """Call a number and answer with the code that whoever picks up must key in: 200, as at Twilio."""
    visit, form = await enter_with_form(request)
    _check(visit, form)
    return JSONResponse(caller_ids.request_shown(caller_ids.begin(visit.sandbox, visit.sid, form)))


async def index(request: Request) -> JSONResponse:
    """List verified numbers; only those are ever listed."""
    visit, query = enter(request), request.query_params
    number = query.get("PhoneNumber", "").replace(" ", "+")
    found = caller_ids.verified(visit.resources, visit.sid, number=number)
    if name := query.get("FriendlyName"):
        found = [item for item in found if item["friendly_name"] == name]
    return listing(request, "outgoing_caller_ids", found, caller_ids.shown)


async def show(request: Request) -> JSONResponse:
    """Return one caller ID."""
    visit = enter(request)
    return JSONResponse(caller_ids.shown(_access(visit, request)))


async def update(request: Request) -> JSONResponse:
    """Rename a caller ID."""
    visit, form = await enter_with_form(request)
    stored = _access(visit, request)
    renamed = {**stored, "friendly_name": form.get("FriendlyName") or stored["friendly_name"]}
    return JSONResponse(caller_ids.shown(visit.resources.replace(caller_ids.KIND, renamed)))


async def destroy(request: Request) -> Response:
    """Remove a caller ID: 204."""
    visit = enter(request)
    visit.resources.delete(caller_ids.KIND, _access(visit, request)["id"])
    return Response(status_code=204)


def caller_id_routes() -> list[Route]:
    """Return the routes of caller IDs."""
    return [
        Route("/Accounts/{account}/OutgoingCallerIds.json", create, methods=["POST"]),
        Route("/Accounts/{account}/OutgoingCallerIds.json", index, methods=["GET"]),
        Route("/Accounts/{account}/OutgoingCallerIds/{sid}.json", show, methods=["GET"]),
        Route("/Accounts/{account}/OutgoingCallerIds/{sid}.json", update, methods=["POST"]),
        Route("/Accounts/{account}/OutgoingCallerIds/{sid}.json", destroy, methods=["DELETE"]),
    ]


def _access(visit: Visit, request: Request) -> JsonObject:
    found = visit.resources.find(caller_ids.KIND, request.path_params["sid"], owner=visit.sid)
    if found is None:
        raise not_found(visit.path)
    return found


def _check(visit: Visit, form: dict[str, str]) -> None:
    number = form.get("PhoneNumber", "")
    if not is_number(number) or is_magic(number):
        raise bad_request(21217, number)
    delay, callback = form.get("CallDelay") or "0", form.get("StatusCallback")
    if not delay.isdecimal() or int(delay) > MAX_DELAY_S:
        raise bad_request(21454, delay)
    if callback and not is_web_address(callback):
        raise bad_request(21456, callback)
    if len(form.get("FriendlyName", "")) > MAX_NAME:
        raise bad_request(20001)
    if numbers.owned_by(visit.resources, visit.sid, number=number):
        raise bad_request(21449, number)
    if caller_ids.verified(visit.resources, visit.sid, number=number):
        raise bad_request(21450, number)
