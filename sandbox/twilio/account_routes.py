"""Accounts: fetch, list, make a subaccount, suspend and close it."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.forms import read_form
from sandbox.json_types import JsonObject
from sandbox.state import Sandbox, sandbox_of
from sandbox.twilio import accounts, numbers
from sandbox.twilio.access import enter, require_caller
from sandbox.twilio.errors import bad_request
from sandbox.twilio.listing import listing

STATUSES = ("active", "suspended", "closed")
MAX_NAME = 64


async def index(request: Request) -> JSONResponse:
    """List the caller's account and its subaccounts."""
    caller = require_caller(request)
    found = accounts.family(sandbox_of(request).resources, caller["id"])
    for name, field in (("FriendlyName", "friendly_name"), ("Status", "status")):
        if wanted := request.query_params.get(name):
            found = [item for item in found if item[field] == wanted]
    return listing(request, "accounts", found, accounts.shown)


async def create(request: Request) -> JSONResponse:
    """Make a subaccount: 201, its token in the answer."""
    caller, form = require_caller(request), await read_form(request)
    name = form.get("FriendlyName") or "SubAccount"
    if len(name) > MAX_NAME or caller["owner_account_sid"] != caller["id"]:
        raise bad_request(20001)
    made = accounts.create_subaccount(sandbox_of(request).resources, caller, name)
    return JSONResponse(accounts.shown(made), status_code=201)


async def show(request: Request) -> JSONResponse:
    """Return one account."""
    return JSONResponse(accounts.shown(enter(request, closed_too=True).account))


async def update(request: Request) -> JSONResponse:
    """Rename an account, suspend, reactivate or close a subaccount. Closing releases its numbers for good."""
    visit, form = enter(request, closed_too=True), await read_form(request)
    account = dict(visit.account)
    status = form.get("Status")
    if status is not None:
        _check_status(account, visit.caller, status)
        account["status"] = status
    account["friendly_name"] = form.get("FriendlyName") or account["friendly_name"]
    changed = visit.resources.replace(accounts.KIND, account)
    if status == "closed":
        _release_all(visit.sandbox, visit.sid)
    return JSONResponse(accounts.shown(changed))


def _check_status(account: JsonObject, caller: JsonObject, status: str) -> None:
    if status not in STATUSES:
        raise bad_request(21475, status)
    if account["owner_account_sid"] == account["id"] or caller["id"] == account["id"]:
        raise bad_request(21477)
    if account["status"] == "closed":
        raise bad_request(21479, account["id"])


def _release_all(sandbox: Sandbox, account_sid: str) -> None:
    for owned in numbers.owned_by(sandbox.resources, account_sid):
        numbers.release(sandbox.resources, owned)


def account_routes() -> list[Route]:
    """Return the routes of accounts."""
    return [
        Route("/Accounts.json", index, methods=["GET"]),
        Route("/Accounts.json", create, methods=["POST"]),
        Route("/Accounts/{account}.json", show, methods=["GET"]),
        Route("/Accounts/{account}.json", update, methods=["POST"]),
    ]
