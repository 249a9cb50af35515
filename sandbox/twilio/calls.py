"""Calls that the product places through Twilio: they ring, are taken or not, and end."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox import clock
from sandbox.forms import is_web_address
from sandbox.json_types import JsonObject
from sandbox.resources import Selection
from sandbox.state import Sandbox
from sandbox.twilio import caller_ids, forwarding, numbers
from sandbox.twilio.access import Visit, enter, enter_with_form
from sandbox.twilio.errors import bad_request, not_found
from sandbox.twilio.identifiers import MAGIC, MAGIC_GOOD, VERSION, is_number, new_sid, rfc2822
from sandbox.twilio.listing import listing
from sandbox.twilio.signing import signed_notice

KIND = "twilio.call"
MAGIC_TO = {f"{MAGIC}{digit}": code for digit, code in (("1", 21217), ("2", 21214), ("3", 21215), ("4", 21216))}
STEPS_TO_ANSWER = (("initiated", 0.1), ("ringing", 0.4), ("in-progress", 1.5), ("completed", 2.0))
ENDINGS = {"0000": "no-answer", "0002": "busy"}
FINAL = frozenset({"completed", "busy", "no-answer", "canceled", "failed"})
EVENT_OF = {"in-progress": "answered", **dict.fromkeys(FINAL, "completed")}


async def create(request: Request) -> JSONResponse:
    """Place a call: 201 and queued. Numbers ending 0000 are not answered, those ending 0002 are busy."""
    visit, form = await enter_with_form(request)
    _check(visit, form)
    raw = parse_qsl((await request.body()).decode(errors="replace"))
    call = visit.resources.insert(
        KIND,
        visit.sid,
        {
            "id": new_sid("CA"),
            "account_sid": visit.sid,
            "from": form["From"],
            "to": form["To"],
            "status": "queued",
            "direction": "outbound-api",
            "status_callback": form.get("StatusCallback", ""),
            "events": [value for name, value in raw if name == "StatusCallbackEvent"] or ["completed"],
        },
    )
    visit.sandbox.background.later(0, lambda: _ring(visit.sandbox, call["id"]))
    return JSONResponse(shown(call), status_code=201)


async def index(request: Request) -> JSONResponse:
    """List calls, newest first."""
    visit, query = enter(request), request.query_params
    equals = {name.lower(): query[name].replace(" ", "+") for name in ("To", "From", "Status") if query.get(name)}
    return listing(
        request, "calls", visit.resources.select(KIND, Selection(limit=-1, equals=equals), owner=visit.sid), shown
    )


async def show(request: Request) -> JSONResponse:
    """Return one call."""
    visit = enter(request)
    return JSONResponse(shown(_access(visit, request)))


async def update(request: Request) -> JSONResponse:
    """End a call: Status=completed or canceled."""
    visit, form = await enter_with_form(request)
    call = _access(visit, request)
    if form.get("Status") in {"completed", "canceled"} and call["status"] not in FINAL:
        call = visit.resources.replace(KIND, {**call, "status": form["Status"]})
        await _tell(visit.sandbox, call)
    return JSONResponse(shown(call))


def call_routes() -> list[Route]:
    """Return the routes of calls."""
    return [
        Route("/Accounts/{account}/Calls.json", create, methods=["POST"]),
        Route("/Accounts/{account}/Calls.json", index, methods=["GET"]),
        Route("/Accounts/{account}/Calls/{sid}.json", show, methods=["GET"]),
        Route("/Accounts/{account}/Calls/{sid}.json", update, methods=["POST"]),
    ]


def shown(call: JsonObject) -> JsonObject:
    """Return a call as the API shows it."""
    names = ("account_sid", "from", "to", "status", "direction")
    ended = call["updatedAt"] if call["status"] in FINAL else None
    return {
        "sid": call["id"],
        **{name: call[name] for name in names},
        "api_version": VERSION,
        "answered_by": None,
        "forwarded_from": None,
        "start_time": rfc2822(call.get("answered_at")),
        "end_time": rfc2822(ended),
        "duration": "2" if call["status"] == "completed" else None,
        "price": None,
        "price_unit": "USD",
        "date_created": rfc2822(call["createdAt"]),
        "date_updated": rfc2822(call["updatedAt"]),
        "uri": f"/{VERSION}/Accounts/{call['account_sid']}/Calls/{call['id']}.json",
        "subresource_uris": {},
    }


def _access(visit: Visit, request: Request) -> JsonObject:
    found = visit.resources.find(KIND, request.path_params["sid"], owner=visit.sid)
    if found is None:
        raise not_found(visit.path)
    return found


def _check(visit: Visit, form: dict[str, str]) -> None:
    callee, caller = form.get("To", ""), form.get("From", "")
    if not callee or not caller:
        raise bad_request(21213 if callee else 21201)
    if callee in MAGIC_TO:
        raise bad_request(MAGIC_TO[callee], callee)
    if not is_number(callee):
        raise bad_request(21217, callee)
    if caller == f"{MAGIC}1" or not is_number(caller):
        raise bad_request(21212, caller)
    known = numbers.name_number(visit.resources, visit.sid, caller)
    if not known and caller != MAGIC_GOOD and not caller_ids.verified(visit.resources, visit.sid, number=caller):
        raise bad_request(21210, caller)
    if not any(form.get(name) for name in ("Url", "Twiml", "ApplicationSid")):
        raise bad_request(21205)
    if form.get("StatusCallback") and not is_web_address(form["StatusCallback"]):
        raise bad_request(21609, form["StatusCallback"])


async def _ring(sandbox: Sandbox, sid: str) -> None:
    for step, wait_s in STEPS_TO_ANSWER:
        await sandbox.background.wait(wait_s)
        call = sandbox.resources.find(KIND, sid)
        if call is None or call["status"] in FINAL:
            return
        status = _take(sandbox, call, step)
        stamp = {"answered_at": clock.iso(clock.now())} if status == "in-progress" else {}
        call = sandbox.resources.replace(KIND, {**call, **stamp, "status": status})
        await _tell(sandbox, call)


def _take(sandbox: Sandbox, call: JsonObject, step: str) -> str:
    """What the call is at this step: as its line passes it on, or as the line's owner takes it."""
    if step not in {"in-progress", "completed"} or call["status"] == "in-progress":
        return step
    ending = ENDINGS.get(call["to"][-4:], step)
    reason: forwarding.Reason | None = ending if ending in ("no-answer", "busy") else None  # type: ignore[assignment]
    to_all = forwarding.goes_to(sandbox, call["to"], "all")
    destination = to_all or (forwarding.goes_to(sandbox, call["to"], reason) if reason else "")
    if not destination:
        return ending
    return step if forwarding.pass_on(sandbox, call, destination) else "busy"


async def _tell(sandbox: Sandbox, call: JsonObject) -> None:
    event = EVENT_OF.get(call["status"], call["status"])
    if not call["status_callback"] or event not in call["events"]:
        return
    form = {
        "CallSid": call["id"],
        "AccountSid": call["account_sid"],
        "From": call["from"],
        "To": call["to"],
        "CallStatus": call["status"],
        "Direction": call["direction"],
        "ApiVersion": VERSION,
        "CallbackSource": "call-progress-events",
        "Timestamp": rfc2822(clock.iso(clock.now())) or "",
    }
    if call["status"] == "completed":
        form |= {"CallDuration": "2", "Duration": "1"}
    kind = f"twilio.call-{call['status']}"
    notice = signed_notice(sandbox.resources, about=call["id"], kind=kind, url=call["status_callback"], form=form)
    await sandbox.messenger.send(notice)
