"""Caller IDs: numbers that an account has proved to answer, by keying in a code during a call from Twilio."""

import secrets
from dataclasses import dataclass

from sandbox.json_types import JsonObject
from sandbox.resources import Resources, Selection
from sandbox.state import Sandbox
from sandbox.twilio.identifiers import VERSION, friendly, new_sid, rfc2822
from sandbox.twilio.signing import signed_notice

KIND = "twilio.caller_id"
REQUESTS = "twilio.validation"
CALLED_FROM = "+14157234000"
ANSWERED_AFTER_S = 2.0
GIVEN_UP_AFTER_S = 4.0
RINGING = "ringing"


@dataclass(frozen=True)
class Ending:
    """How a validation call goes."""

    outcome: str
    call_status: str
    after_s: float = ANSWERED_AFTER_S
    verified: bool = False


RIGHT_CODE = Ending("right code", "completed", verified=True)
ENDINGS = {
    "0000": Ending("nobody answered", "no-answer", GIVEN_UP_AFTER_S),
    "0001": Ending("wrong code", "completed"),
    "0002": Ending("busy", "busy"),
}


def ending_for(number: str) -> Ending:
    """Return how the person at a number takes the call: its last four digits decide."""
    return ENDINGS.get(number[-4:], RIGHT_CODE)


def verified(resources: Resources, account_sid: str, *, number: str = "") -> list[JsonObject]:
    """Return an account's caller IDs, newest first; `number` picks one."""
    equals = {"phone_number": number} if number else {}
    return resources.select(KIND, Selection(limit=-1, equals=equals), owner=account_sid)


def begin(sandbox: Sandbox, account_sid: str, fields: dict[str, str]) -> JsonObject:
    """Start a validation call in the background and return its request, code included."""
    number = fields["PhoneNumber"]
    validation = sandbox.resources.insert(
        REQUESTS,
        account_sid,
        {
            "id": new_sid("CA"),
            "account_sid": account_sid,
            "phone_number": number,
            "friendly_name": fields.get("FriendlyName") or friendly(number),
            "validation_code": f"{secrets.randbelow(10**6):06d}",
            "status_callback": fields.get("StatusCallback", ""),
            "status_callback_method": fields.get("StatusCallbackMethod") or "POST",
            "outcome": RINGING,
        },
    )
    _ring(sandbox, validation, delay_s=int(fields.get("CallDelay") or 0))
    return validation


def resume(sandbox: Sandbox) -> None:
    """Go on with the calls that a restart broke off."""
    for validation in sandbox.resources.select(REQUESTS, Selection(limit=-1, equals={"outcome": RINGING})):
        _ring(sandbox, validation)


def request_shown(validation: JsonObject) -> JsonObject:
    """Return a validation request as its create answers it: no sid, no status."""
    return {
        "account_sid": validation["account_sid"],
        "call_sid": validation["id"],
        "friendly_name": validation["friendly_name"],
        "phone_number": validation["phone_number"],
        "validation_code": validation["validation_code"],
    }


def shown(caller_id: JsonObject) -> JsonObject:
    """Return a caller ID as the API shows it."""
    return {
        "sid": caller_id["id"],
        "account_sid": caller_id["account_sid"],
        "friendly_name": caller_id["friendly_name"],
        "phone_number": caller_id["phone_number"],
        "date_created": rfc2822(caller_id["createdAt"]),
        "date_updated": rfc2822(caller_id["updatedAt"]),
        "uri": f"/{VERSION}/Accounts/{caller_id['account_sid']}/OutgoingCallerIds/{caller_id['id']}.json",
    }


def _ring(sandbox: Sandbox, validation: JsonObject, *, delay_s: int = 0) -> None:
    answered_after_s = ending_for(validation["phone_number"]).after_s
    sandbox.background.later(delay_s + answered_after_s, lambda: _hang_up(sandbox, validation))


async def answer(sandbox: Sandbox, call_sid: str) -> JsonObject | None:
    """Have the person at the phone take a validation call at once; None when no such call rings."""
    validation = sandbox.resources.find(REQUESTS, call_sid)
    if validation is None or validation["outcome"] != RINGING:
        return None
    await _hang_up(sandbox, validation)
    return sandbox.resources.find(REQUESTS, call_sid)


async def _hang_up(sandbox: Sandbox, validation: JsonObject) -> None:
    """End the call: note how it went, list the number when it is proved, tell whoever asked to be told."""
    current = sandbox.resources.find(REQUESTS, validation["id"])
    if current is None or current["outcome"] != RINGING:
        return
    ending = ending_for(validation["phone_number"])
    sandbox.resources.replace(REQUESTS, {**validation, "outcome": ending.outcome})
    caller_id = _admit(sandbox.resources, validation) if ending.verified else None
    if not validation["status_callback"]:
        return
    form = {
        "AccountSid": validation["account_sid"],
        "CallSid": validation["id"],
        "From": CALLED_FROM,
        "To": validation["phone_number"],
        "Called": validation["phone_number"],
        "Caller": CALLED_FROM,
        "CallStatus": ending.call_status,
        "Direction": "outbound-api",
        "ApiVersion": VERSION,
        "VerificationStatus": "success" if caller_id else "failed",
        **({"OutgoingCallerIdSid": caller_id["id"]} if caller_id else {}),
    }
    await sandbox.messenger.send(
        signed_notice(
            sandbox.resources,
            about=validation["id"],
            kind="twilio.caller-id-verification",
            url=validation["status_callback"],
            form=form,
            method=validation["status_callback_method"],
        )
    )


def _admit(resources: Resources, validation: JsonObject) -> JsonObject:
    known = verified(resources, validation["account_sid"], number=validation["phone_number"])
    if known:
        return known[0]
    names = ("account_sid", "phone_number", "friendly_name")
    body = {"id": new_sid("PN"), **{name: validation[name] for name in names}}
    return resources.insert(KIND, validation["account_sid"], body)
