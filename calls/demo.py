"""The demo clinic: made through the same doors as a real one, with past calls so that no page is empty."""

import random
from datetime import datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from calls.after_call import finish_call
from calls.facts import Facts, merge
from calls.ingress.recording import write_facts
from calls.models import Call, CallStatus, TranscriptLine
from orgs.models import Organization, User
from orgs.querysets import memberships_of
from orgs.scope import org_scope, org_tx
from orgs.services import NewOrganization, create_organization
from voxanne.clock import now
from voxanne.errors import Forbidden
from voxanne.ids import uuid7

DEMO_EMAIL = "demo@voxanne.example"
DEMO_PASSWORD = "voxanne-demo"  # noqa: S105 - published on purpose, refused in production
DEMO_CLINIC = "Harbour Street Clinic"
DEMO_PHONE = "+442079460100"
PAST_DAYS = 14

# Numbers of the range that the UK regulator keeps free for fiction.
_CALLERS = (
    ("Ana Reyes", "+447700900101"),
    ("Ben Okoye", "+447700900102"),
    ("Chidi Eze", "+447700900103"),
    ("Dana Whitlock", "+447700900104"),
    ("Elif Kaya", "+447700900105"),
    ("Farah Aziz", "+447700900106"),
    ("Gwen Pritchard", "+447700900107"),
    ("Hugo Lindqvist", "+447700900108"),
    ("", "+447700900109"),
)
_KINDS = (
    (4, "booked", "positive", 0.86, "Booked a consultation.", (140, 260), "I would like to book a consultation."),
    (3, "", "neutral", 0.55, "Asked what Botox costs and will think about it.", (50, 130), "How much is Botox?"),
    (1, "", "positive", 0.78, "Would like a facelift and asked for a call back.", (90, 180), "I want a face lift."),
    (1, "", "negative", 0.22, "Wanted a Sunday visit, which is not offered.", (60, 120), "Are you open on Sundays?"),
    (1, "", "", None, "", (4, 12), ""),
    (1, "", "positive", 0.8, "Asked for directions and where to park.", (40, 90), "Where can I park?"),
)
_LINES = (
    ("assistant", "Thank you for calling Harbour Street Clinic. How can I help?"),
    ("caller", "Hello. {wish}"),
    ("assistant", "Of course. Tell me what you have in mind and I will see what I can do."),
    ("caller", "That is kind, thank you."),
    ("assistant", "You are welcome. Have a good day."),
)


def seed_demo() -> tuple[Organization, bool]:
    """The demo clinic and whether it was made now.

    Raises:
        Forbidden: in production: a published password must never open a real installation.
    """
    if settings.PRODUCTION:
        raise Forbidden("The demo clinic is for development only: its password is published.")
    user = User.objects.filter(email=DEMO_EMAIL).first()
    if user is not None:
        return memberships_of(user.pk)[0].org, False
    with transaction.atomic():
        user = User.objects.create_user(email=DEMO_EMAIL, password=DEMO_PASSWORD, full_name="Robin Hale")
        EmailAddress.objects.create(user=user, email=DEMO_EMAIL, primary=True, verified=True)
        org = create_organization(new=NewOrganization(name=DEMO_CLINIC), owner=user)
        with org_scope(org), org_tx():
            Organization.objects.filter(pk=org.pk).update(phone=DEMO_PHONE)
            _past_calls(org)
    return org, True


def _past_calls(org: Organization) -> None:
    chance = random.Random(7)  # noqa: S311 - the same clinic each time, nothing secret
    today = now().astimezone(org.zone).date()
    for back in range(PAST_DAYS, 0, -1):
        day = today - timedelta(days=back)
        for _ in range(chance.randint(1, 3) if day.weekday() >= 5 else chance.randint(5, 11)):
            at = datetime.combine(day, time(chance.randint(8, 18), chance.randint(0, 59)), tzinfo=org.zone)
            _past_call(org, at=at, chance=chance)


def _past_call(org: Organization, *, at: datetime, chance: random.Random) -> None:
    name, number = chance.choice(_CALLERS)
    _, outcome, label, score, summary, (shortest, longest), wish = chance.choices(
        _KINDS, weights=[kind[0] for kind in _KINDS]
    )[0]
    seconds = chance.randint(shortest, longest)
    vapi_call_id = f"demo-{uuid7()}"
    call = Call.objects.create(vapi_call_id=vapi_call_id, call_sid=f"vapi-{vapi_call_id}", status=CallStatus.COMPLETED)
    Call.objects.filter(pk=call.pk).update(created_at=at, updated_at=at)
    call.created_at = at
    write_facts(
        call,
        _facts(
            at=at,
            seconds=seconds,
            name=name,
            number=number,
            reason="customer-ended-call",
            summary=summary,
            label=label,
            score=score,
            booked=outcome == "booked",
        ),
    )
    if seconds > 20:
        _past_lines(call, at=at, wish=wish)
    finish_call(org=org, call=call)
    Call.objects.filter(pk=call.pk).update(updated_at=at)


def _facts(*, booked: bool, at: datetime, seconds: int, **told: Any) -> Facts:
    end = at + timedelta(seconds=seconds)
    sentiment = {"label": told["label"], "score": told["score"], "urgency": "low", "source": "structured_output"}
    party = {"number": told["number"], "name": told["name"], "clinic_number": DEMO_PHONE}
    report = {
        "at": end.isoformat(),
        "started_at": at.isoformat(),
        "ended_at": end.isoformat(),
        "ended_reason": told["reason"],
        "cost": round(seconds * 0.0011, 4),
        "duration_s": seconds,
        "summary": told["summary"],
        "sentiment": sentiment if told["label"] else {},
    }
    return merge({"party": party, "report": report}, {"booked": booked})


def _past_lines(call: Call, *, at: datetime, wish: str) -> None:
    TranscriptLine.objects.bulk_create(
        TranscriptLine(
            org_id=call.org_id,
            call=call,
            role=role,
            text=text.format(wish=wish),
            ordinal=number,
            is_final=True,
            start_offset_ms=number * 6000,
            spoken_at=at + timedelta(seconds=number * 6),
        )
        for number, (role, text) in enumerate(_LINES)
    )
