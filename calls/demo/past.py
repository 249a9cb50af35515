"""A fortnight of calls behind the demo clinic, and the visits that came of them ahead of it.

A call is written as Vapi's report of it would be, and then goes through the steps that follow any call.
"""

import random
from datetime import datetime, time, timedelta

from django.db.models import Max, Min

from calls.after_call import finish_call
from calls.after_call.words import said_in
from calls.demo.conversations import CALLERS, CONVERSATIONS, Conversation
from calls.facts import Facts, merge
from calls.ingress.recording import write_facts
from calls.models import Call, CallStatus, TranscriptLine
from contacts.models import Contact, Service
from orgs.actors import Actor
from orgs.models import Organization
from scheduling.availability import find_slots
from scheduling.booking import book_appointment
from scheduling.models import Appointment
from scheduling.types import BookingRequest
from voxanne.clock import now
from voxanne.ids import uuid7
from voxanne.saving import saved_once

DEMO_PHONE = "+442079460100"
PAST_DAYS = 14
# How long after a call its visit is, in days; never before tomorrow.
_SOONEST, _LATEST = 3, 16
_CHOICES = 12


def make_past(org: Organization) -> None:
    """Make the calls, the oldest first. Inside org_tx."""
    chance = random.Random(7)  # noqa: S311 - the same clinic each time, nothing secret
    services = {service.name: service for service in Service.objects.filter(is_active=True)}
    today = now().astimezone(org.zone).date()
    for back in range(PAST_DAYS, 0, -1):
        day = today - timedelta(days=back)
        count = chance.randint(1, 3) if day.weekday() >= 5 else chance.randint(5, 11)
        times = sorted(time(chance.randint(8, 18), chance.randint(0, 59)) for _ in range(count))
        for at in times:
            _past_call(org, at=datetime.combine(day, at, tzinfo=org.zone), services=services, chance=chance)
    _date_leads()


def _past_call(org: Organization, *, at: datetime, services: dict[str, Service], chance: random.Random) -> None:
    name, number = chance.choice(CALLERS)
    kind = chance.choices(CONVERSATIONS, weights=[kind.weight for kind in CONVERSATIONS])[0]
    seconds, service = chance.randint(*kind.seconds), services.get(chance.choice(kind.services))
    vapi_call_id = f"demo-{uuid7()}"
    call = Call.objects.create(vapi_call_id=vapi_call_id, call_sid=f"vapi-{vapi_call_id}", status=CallStatus.COMPLETED)
    words = {"service": service.name if service else "", "name": name or "a friend of yours"}
    write_facts(call, _facts(kind, at=at, seconds=seconds, name=name, number=number, words=words))
    Call.objects.filter(pk=call.pk).update(created_at=at, updated_at=at)
    call.created_at = at
    _lines(call, kind, at=at, words=words)
    if kind.books:
        _visit(org, call=call, service=service, name=name, number=number, chance=chance)
    with saved_once(call):
        finish_call(org=org, call=call, said=said_in(call))


def _date_leads() -> None:
    """Have each lead be known since the first call and last spoken to in the last, not since now."""
    for lead in Contact.objects.annotate(first=Min("calls__created_at"), last=Max("calls__ended_at")):
        Contact.objects.filter(pk=lead.pk).update(created_at=lead.first, last_contacted_at=lead.last)


def _facts(kind: Conversation, *, at: datetime, seconds: int, name: str, number: str, words: dict[str, str]) -> Facts:
    end = at + timedelta(seconds=seconds)
    sentiment = {"label": kind.mood, "score": kind.score, "urgency": kind.urgency, "source": "structured_output"}
    report = {
        "at": end.isoformat(),
        "started_at": at.isoformat(),
        "ended_at": end.isoformat(),
        "ended_reason": kind.ended_reason,
        "cost": round(seconds * 0.0011, 4),
        "duration_s": seconds,
        "summary": kind.summary.format(**words),
        "booking_intent": kind.books,
        "sentiment": sentiment if kind.mood else {},
    }
    party = {"number": number, "name": name, "clinic_number": DEMO_PHONE}
    return merge({"party": party, "report": report}, {"booked": kind.books})


def _lines(call: Call, kind: Conversation, *, at: datetime, words: dict[str, str]) -> None:
    """What was said, spread over the call."""
    pause = (call.duration_seconds or 0) / (len(kind.lines) + 1)
    TranscriptLine.objects.bulk_create(
        TranscriptLine(
            org_id=call.org_id,
            call=call,
            role=role,
            text=text.format(**words),
            ordinal=number,
            is_final=True,
            start_offset_ms=round(number * pause * 1000),
            spoken_at=at + timedelta(seconds=number * pause),
        )
        for number, (role, text) in enumerate(kind.lines)
    )


def _visit(
    org: Organization, *, call: Call, service: Service | None, name: str, number: str, chance: random.Random
) -> None:
    """The visit that was booked in a call, at a time that is free now; none where the weeks ahead are full."""
    today = now().astimezone(org.zone).date()
    wanted = call.created_at.astimezone(org.zone).date() + timedelta(days=chance.randint(_SOONEST, _LATEST))
    first = max(wanted, today + timedelta(days=1))
    free = find_slots(org=org, first_day=first, last_day=first + timedelta(days=3), service=service, limit=_CHOICES)
    if not free:
        return
    request = BookingRequest(
        starts_at=chance.choice(free).starts_at, service=service, patient_name=name, phone=number, call_id=call.pk
    )
    visit = book_appointment(org=org, request=request, actor=Actor.system(org.pk))
    Appointment.objects.filter(pk=visit.pk).update(created_at=call.created_at)
