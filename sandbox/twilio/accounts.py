"""Accounts and subaccounts: any well-formed pair of SID and token is an account."""

import secrets

from sandbox.json_types import JsonObject
from sandbox.resources import Resources, Selection
from sandbox.twilio.identifiers import ACCOUNT_SID, AUTH_TOKEN, VERSION, new_sid, rfc2822

KIND = "twilio.account"
BAD_SUFFIX = "bad"


def find_account(resources: Resources, sid: str) -> JsonObject | None:
    """Return an account that has been seen before."""
    return resources.find(KIND, sid)


def sign_in(resources: Resources, sid: str, token: str) -> JsonObject | None:
    """Return the account that these credentials open, None when they open none.

    An account is made by its first request. A later, different token replaces the earlier one, as after a rotation;
    only a subaccount made here has a token of its own that must match.
    """
    if not ACCOUNT_SID.fullmatch(sid) or not AUTH_TOKEN.fullmatch(token) or token.endswith(BAD_SUFFIX):
        return None
    known = find_account(resources, sid)
    if known is None:
        return resources.insert(KIND, sid, _fresh(sid, token, owner=sid, name="My account"))
    if known["auth_token"] == token:
        return known
    if known["owner_account_sid"] != sid:
        return None
    return resources.replace(KIND, {**known, "auth_token": token})


def create_subaccount(resources: Resources, parent: JsonObject, name: str) -> JsonObject:
    """Make a subaccount with a token of its own."""
    token = secrets.token_hex(16)
    while token.endswith(BAD_SUFFIX):
        token = secrets.token_hex(16)
    return resources.insert(KIND, parent["id"], _fresh(new_sid("AC"), token, owner=parent["id"], name=name))


def family(resources: Resources, sid: str) -> list[JsonObject]:
    """Return an account and its subaccounts, newest first."""
    accounts = resources.select(KIND, Selection(limit=-1))
    return [item for item in accounts if sid in {item["id"], item["owner_account_sid"]}]


def shown(account: JsonObject) -> JsonObject:
    """Return an account as the API shows it, token included, as at Twilio."""
    path = f"/{VERSION}/Accounts/{account['id']}"
    return {
        "sid": account["id"],
        "auth_token": account["auth_token"],
        "friendly_name": account["friendly_name"],
        "owner_account_sid": account["owner_account_sid"],
        "status": account["status"],
        "type": "Full",
        "date_created": rfc2822(account["createdAt"]),
        "date_updated": rfc2822(account["updatedAt"]),
        "uri": f"{path}.json",
        "subresource_uris": {
            "incoming_phone_numbers": f"{path}/IncomingPhoneNumbers.json",
            "outgoing_caller_ids": f"{path}/OutgoingCallerIds.json",
            "messages": f"{path}/Messages.json",
            "calls": f"{path}/Calls.json",
        },
    }


def _fresh(sid: str, token: str, *, owner: str, name: str) -> JsonObject:
    return {"id": sid, "auth_token": token, "owner_account_sid": owner, "friendly_name": name, "status": "active"}
