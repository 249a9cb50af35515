"""What the pages of lines show: where somebody is in the wizard, and codes ready to be keyed in."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from telephony.forwarding.sightings import WATCHED_FOR
from telephony.forwarding.types import ForwardingCodes, Line
from telephony.models import ForwardingStatus, HybridForwardingConfig
from voxanne.clock import now

STEPS = ("Number", "Verification", "Carrier and calls", "The code", "Done")
# A ring and the silence after it, roughly: 6 s in America, 3 in Britain.
RING_LASTS_S = 5
POLL_S = 4


@dataclass(frozen=True)
class WizardStep:
    """One step as the line of progress shows it."""

    number: int
    title: str
    state: str
    href: str = ""


def wizard(current: int, *, line_id: UUID | None = None, reached: int = 0) -> list[WizardStep]:
    """The five steps. Those that were reached can be gone back to.

    Args:
        current, reached: numbers of steps, from 1.
    """
    names = ("", "", "line-choose", "line-dial", "line-done")
    found = []
    for number, (title, name) in enumerate(zip(STEPS, names, strict=True), start=1):
        state = "current" if number == current else "done" if number <= max(reached, current - 1) else "todo"
        may_go = bool(name and line_id) and number <= reached and number != current
        found.append(WizardStep(number, title, state, reverse(f"telephony:{name}", args=[line_id]) if may_go else ""))
    return found


def reached_by(line: Line) -> int:
    """The furthest step that a verified line has come to."""
    if not line.has_forwarding:
        return 3
    return 4 if line.forwarding_status == ForwardingStatus.PENDING_SETUP else 5


def next_address(line: Line) -> str:
    """Where a verified line goes on."""
    name = {3: "line-choose", 4: "line-dial", 5: "line-done"}[reached_by(line)]
    return reverse(f"telephony:{name}", args=[line.id])


def dialling(request: HttpRequest, codes: ForwardingCodes, *, line_id: UUID) -> dict[str, Any]:
    """What the page of the code needs besides the codes: a link to tap and a picture to scan.

    Only Android dials `*` and `#` from a link; iPhones refuse them (reference twilio-telephony, 5.7).
    """
    is_android = "Android" in request.headers.get("User-Agent", "")
    address = f"{settings.BACKEND_URL}{reverse('telephony:line-dial', args=[line_id])}"
    return {
        "codes": codes,
        "tap": f"tel:{quote(codes.dial_sequence, safe='*')}" if is_android else "",
        "tap_off": f"tel:{quote(codes.off_sequence, safe='*')}" if is_android else "",
        "qr": _qr(address),
    }


def is_watched(config: HybridForwardingConfig) -> bool:
    """Whether a call through this line is waited for at present."""
    return config.test_started_at is not None and config.test_started_at > now() - WATCHED_FOR


def say_rings(seconds: int) -> str:
    """A ring time as people count it."""
    rings = max(1, round(seconds / RING_LASTS_S))
    return f"{seconds} seconds, about {rings} ring{'s' if rings > 1 else ''}"


def _qr(address: str) -> SafeString:
    """A picture that a phone's camera reads as the address."""
    drawn = segno.make(address, error="m").svg_inline(border=2, omitsize=True, svgclass="qr-code", lineclass=None)
    return mark_safe(drawn)  # noqa: S308 - segno's own markup; an address of ours goes in as black squares
