"""Filters that say values as people do: phone numbers, times, lengths, money, names."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from voxanne.clock import now
from voxanne.money import say_money
from voxanne.ui.devices import say_device
from voxanne.ui.durations import say_duration, say_exactly, say_moment

register = template.Library()

UNKNOWN_CALLER = "Unknown Caller"
_ENDED_BY = (
    ("customer-ended", "The caller"),
    ("assistant-ended", "Your receptionist"),
    ("assistant-said-end", "Your receptionist"),
    ("forwarded", "Put through"),
    ("silence-timed-out", "Silence"),
    ("exceeded-max-duration", "The time limit"),
    ("voicemail", "Voicemail"),
    ("did-not-answer", "No answer"),
    ("busy", "Line busy"),
    ("error", "A fault"),
)


@register.filter
def phone(number: str | None) -> str:
    """Say an E.164 number the way its country writes it; anything else comes back as it is."""
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


@register.filter
def caller(call: Any) -> str:
    """Say who called: the name, else the number, else that the number was withheld."""
    name = getattr(call, "caller_name", "") or ""
    if name and name != UNKNOWN_CALLER:
        return str(name)
    return phone(getattr(call, "phone_number", "")) or "Withheld number"


@register.filter
def ended_by(reason: str) -> str:
    """Say who or what ended a call from Vapi's open set of reasons: "customer-ended-call" is "The caller"."""
    for part, words in _ENDED_BY:
        if part in reason:
            return words
    return reason.replace("-", " ").replace(".", ": ").capitalize()


@register.filter
def duration(seconds: int | None) -> str:
    """Say seconds as "3 min 20 s"; an unknown length is empty."""
    return "" if seconds is None else say_duration(int(seconds))


@register.filter
def money(minor_units: int | None, currency: str = "GBP") -> str:
    """Say an amount in minor units with its currency: 12550 and "GBP" become "£125.50"."""
    return "" if minor_units is None else say_money(minor_units, currency)


@register.filter
def dollars(cost: Decimal | float | None) -> str:
    """Say what a call cost in US dollars, to the tenth of a cent when it is less than a dollar."""
    if cost is None:
        return ""
    amount = Decimal(str(cost))
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.3f}"


@register.filter
def number(value: int | None) -> str:
    """Say a count with its thousands apart: 1284 is "1,284"."""
    return "" if value is None else f"{value:,}"


@register.filter
def initials(name: str | None) -> str:
    """First letters of the first and last word: "Ana Maria Reyes" is "AR"; without a name "?"."""
    words = [word for word in (name or "").replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


@register.filter
def device(user_agent: str | None) -> str:
    """Say where somebody is signed in: "Chrome on Windows"."""
    return say_device(user_agent or "")


@register.filter
def clock(moment: datetime | None, zone: ZoneInfo | None = None) -> str:
    """Say the time of day: "10:00", in the given zone or the one that is active."""
    return f"{moment.astimezone(_zone(zone)):%H:%M}" if moment else ""


@register.filter
def day_name(day: date, today: date | None = None) -> str:
    """Say a date as a heading: "Today", "Tomorrow", "Tuesday 24 November"."""
    today = today or timezone.localdate()
    near = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get((day - today).days)
    full = f"{day:%A} {day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")
    return f"{near}, {full}" if near else full


@register.simple_tag(takes_context=True)
def when(
    context: template.Context, moment: datetime | None, zone: ZoneInfo | None = None, *, inside: bool = False
) -> SafeString | str:
    """Render a <time> that says a moment as people do, exact on hover, in the organisation's zone.

    `inside=True` where it stands within a sentence.
    """
    if moment is None:
        return ""
    zone = zone or _org_zone(context)
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        moment.isoformat(timespec="seconds"),
        say_exactly(moment, zone=zone),
        say_moment(moment, now=now(), zone=zone, inside=inside),
    )


def _org_zone(context: template.Context) -> ZoneInfo:
    org = getattr(context.get("request"), "org", None)
    return _zone(getattr(org, "zone", None))


def _zone(zone: ZoneInfo | None) -> ZoneInfo:
    return zone or timezone.get_current_timezone()
