"""Telephone lines that pass their calls on: what somebody keyed in on them, and where a call goes then.

Not Twilio's: the carriers stand between, and somebody has to play them. A line is a number; the last digits of a number
say how its owner takes a call (`ENDINGS`), as for verification calls.
"""

import re
from typing import Literal

from sandbox.calls.switchboard import CallOrder
from sandbox.json_types import JsonObject
from sandbox.resources import Selection
from sandbox.scenarios import SCENARIOS
from sandbox.state import Sandbox

KIND = "line"
Reason = Literal["all", "no-answer", "busy"]

# 3GPP 22.030 service codes, and the feature codes of North American networks.
_GSM_ON = re.compile(r"\*\*?(21|61|62|67|002|004)\*(\+?\d{7,15})(?:\*(?:11)?)?(?:\*\d{1,2})?#")
_GSM_OFF = re.compile(r"##?(21|61|62|67|002|004)#")
_GSM_ASK = re.compile(r"\*#(21|61|62|67|002|004)#")
_FEATURE_ON = re.compile(r"\*(72|71|90|92)(\+?\d{7,15})")
_FEATURE_OFF = re.compile(r"\*(73|91|93)")
_OF_SERVICE: dict[str, tuple[Reason, ...]] = {
    "21": ("all",), "61": ("no-answer",), "62": (), "67": ("busy",), "004": ("no-answer", "busy"),
    "002": ("all", "no-answer", "busy"), "72": ("all",), "71": ("no-answer", "busy"), "90": ("busy",),
    "92": ("no-answer",), "73": ("all", "no-answer", "busy"), "91": ("busy",), "93": ("no-answer",),
}  # fmt: skip


class NotACode(ValueError):
    """No network would take that."""


def dial(sandbox: Sandbox, number: str, code: str) -> JsonObject:
    """Key a code in on a line and press call; the line as it is then.

    Raises:
        NotACode: the network refuses it.
    """
    typed = re.sub(r"[\s()-]", "", code)
    known = sandbox.resources.find(KIND, number)
    passes_on = dict((known or {}).get("passes_on") or {})
    if on := _GSM_ON.fullmatch(typed) or _FEATURE_ON.fullmatch(typed):
        passes_on |= dict.fromkeys(_OF_SERVICE[on[1]], on[2])
    elif off := _GSM_OFF.fullmatch(typed) or _FEATURE_OFF.fullmatch(typed):
        passes_on = {reason: to for reason, to in passes_on.items() if reason not in _OF_SERVICE[off[1]]}
    elif not _GSM_ASK.fullmatch(typed):
        raise NotACode(code)
    line: JsonObject = {"id": number, "passes_on": passes_on, "dialled": typed}
    if known is None:
        return sandbox.resources.insert(KIND, "", line)
    return sandbox.resources.replace(KIND, {**known, **line})


def goes_to(sandbox: Sandbox, number: str, reason: Reason) -> str:
    """Where a line passes a call on to for this reason, as it was keyed in; "" when it keeps it."""
    line = sandbox.resources.find(KIND, number)
    return str(((line or {}).get("passes_on") or {}).get(reason) or "")


def pass_on(sandbox: Sandbox, call: JsonObject, destination: str) -> bool:
    """Let a call come out at a number that Vapi answers; False when nobody has that number."""
    digits = destination.lstrip("+").lstrip("0")
    numbers = sandbox.resources.select("phone-number", Selection(limit=-1))
    found = next((item for item in numbers if str(item.get("number") or "").endswith(digits)), None)
    if found is None:
        return False
    sandbox.switchboard.place(
        CallOrder(
            phone_number=found,
            owner=str(found["orgId"]),
            scenario=SCENARIOS["caller_hangs_up"],
            seed=1,
            fast=False,  # a fast call is dated back, to before whoever tries the line began to
            customer={"number": call["from"]},
            forwarded_from=str(call["to"]),
        )
    )
    return True
