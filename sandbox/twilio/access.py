"""Who is asking, and in which account."""

import base64
import binascii
from dataclasses import dataclass

from starlette.requests import Request

from sandbox.forms import read_form
from sandbox.json_types import JsonObject
from sandbox.resources import Resources
from sandbox.state import Sandbox, sandbox_of
from sandbox.twilio import accounts
from sandbox.twilio.errors import inactive, unauthorized


@dataclass(frozen=True)
class Visit:
    """One authenticated request: `account` is the one in the path, `caller` the one whose credentials were sent."""

    sandbox: Sandbox
    account: JsonObject
    caller: JsonObject
    path: str

    @property
    def sid(self) -> str:
        """The SID of the account in the path."""
        return str(self.account["id"])

    @property
    def resources(self) -> Resources:
        """What has been created."""
        return self.sandbox.resources


def require_caller(request: Request) -> JsonObject:
    """Return the account whose credentials were sent, or refuse with 20003."""
    sid, token = _credentials(request)
    account = accounts.sign_in(sandbox_of(request).resources, sid, token)
    if account is None or account["status"] != "active":
        raise unauthorized()
    return account


def enter(request: Request, *, closed_too: bool = False) -> Visit:
    """Return the visit to the account in the path: the caller's own, or a subaccount of it."""
    caller, sandbox = require_caller(request), sandbox_of(request)
    sid = request.path_params["account"]
    account = caller if sid == caller["id"] else accounts.find_account(sandbox.resources, sid)
    if account is None or caller["id"] not in {account["id"], account["owner_account_sid"]}:
        raise unauthorized()
    if account["status"] != "active" and not closed_too:
        raise inactive()
    return Visit(sandbox=sandbox, account=account, caller=caller, path=request.url.path.removeprefix("/twilio"))


async def enter_with_form(request: Request) -> tuple[Visit, dict[str, str]]:
    """Return the visit and the form that came with it."""
    return enter(request), await read_form(request)


def _credentials(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise unauthorized()
    try:
        sid, _, token = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise unauthorized() from error
    return sid, token
