"""What an assistant is told about who is calling: a few plain lines, as data, or nothing."""

from datetime import datetime

from calls.routing.facts import CallFacts
from calls.routing.names import first_name, person_name
from calls.routing.plain_data import as_data
from scheduling.models import AppointmentStatus
from scheduling.speech import say_day, say_moment

LONGEST_SUMMARY = 300
LONGEST_NOTE = 300
LONGEST_SERVICE = 80


def greeting_name(facts: CallFacts) -> str:
    """The first name to greet the caller by, "" for the greeting that everybody gets."""
    if facts.caller is None or not facts.greets_by_name or not facts.is_recognised:
        return ""
    return first_name(facts.caller.first_name, facts.caller.name)


def tell_memory(facts: CallFacts, *, moment: datetime) -> str:
    """What is known about the caller, a line a fact; "" when nothing is, or nothing may be told."""
    if facts.caller is None or not facts.remembers_callers or not facts.is_recognised:
        return ""
    lines = [
        ("Name", person_name(facts.caller.full_name)),
        ("Last call", _last_call(facts)),
        ("Next appointment", _next_visit(facts, moment)),
        ("Noted by the team", as_data(facts.caller.preferences, limit=LONGEST_NOTE)),
    ]
    return "\n".join(f"{label}: {text}" for label, text in lines if text)


def _last_call(facts: CallFacts) -> str:
    if facts.last_call is None:
        return ""
    day = facts.last_call.at.astimezone(facts.zone).date()
    summary = as_data(facts.last_call.summary, limit=LONGEST_SUMMARY)
    return f"{say_day(day)} {day.year}{f': {summary}' if summary else ''}"


def _next_visit(facts: CallFacts, moment: datetime) -> str:
    visit = facts.caller.next_visit if facts.caller else None
    if visit is None or visit.starts_at <= moment:
        return ""
    service = as_data(visit.service, limit=LONGEST_SERVICE) or "Visit"
    waits = ", waiting for the team to confirm it" if visit.status == AppointmentStatus.PENDING else ""
    return f"{service} on {say_moment(visit.starts_at, facts.zone)}{waits}"
