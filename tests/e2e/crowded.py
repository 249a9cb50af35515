"""A clinic with everything that pages must bear: long names, many rows, every state. Run beside a stack that is up:

    VOXANNE_HOME=… python -m tests.e2e.crowded

It prints a JSON object: the addresses to sign in with (all with PASSWORD) and a call to open.
"""

import json
import os
from datetime import UTC, datetime, time, timedelta
from itertools import cycle

PASSWORD = "9184 7263 5501 kx"
CLINIC = "The Featherstonehaugh Centre for Aesthetic Medicine and Dermatology"
OWNER = "wilhelmina.featherstonehaugh@clinic.test"
MEMBER = "member@clinic.test"
LONE = "nobody@clinic.test"
NAMES = (
    "Wilhelmina Featherstonehaugh-Cholmondeley", "Ana Reyes", "Bartholomew Oluwaseun Adeyemi-Montgomery", "Zoë Müller",
    "Łukasz Wiśniewski", "Siobhán Ní Dhomhnaill", "Li", "Unknown Caller",
)  # fmt: skip
SPEECH = (
    "I wondered whether you might still have anything on a Thursday, ideally late, because I work in Kew until six. "
)


def main() -> None:
    """Make it, and print who can sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voxanne.settings")
    os.environ.setdefault("VOXANNE_PROCESS", "web")
    from voxanne.embedded.environment import load_local_environment

    load_local_environment()
    import django

    django.setup()
    from django.db import transaction

    with transaction.atomic():
        made = _make()
    print(json.dumps(made))  # noqa: T201 - the answer of a command


def _make() -> dict[str, str]:
    from orgs.models import Membership, Role
    from orgs.scope import org_scope, org_tx
    from orgs.services import NewOrganization, create_organization

    owner, member, lone = (_person(*who) for who in ((OWNER, NAMES[0]), (MEMBER, NAMES[2]), (LONE, "Noah Body")))
    colleagues = [_person(f"colleague{number}@clinic.test", name) for number, name in enumerate(NAMES[1:6])]
    org = create_organization(new=NewOrganization(name=CLINIC), owner=owner)
    second = create_organization(new=NewOrganization(name="Second Clinic"), owner=owner)
    with org_scope(second), org_tx():
        Membership.objects.create(user=member, role=Role.MEMBER)
    with org_scope(org), org_tx():
        Membership.objects.create(user=member, role=Role.MEMBER)
        call_id = _fill_calls(org)
        _fill_diary(call_id)
        _fill_leads(org, call_id, writer=owner)
        _fill_team(org, colleagues)
        _fill_knowledge(org, call_id)
    return {"owner": owner.email, "member": member.email, "lone": lone.email, "call_id": call_id}


def _person(email: str, name: str):
    from allauth.account.models import EmailAddress

    from orgs.models import User

    user = User.objects.create_user(email=email, password=PASSWORD, full_name=name)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def _fill_calls(org) -> str:
    from calls.models import CallStatus
    from calls.tests.factories import make_call
    from voxanne.clock import now

    outcomes = ("booked", "completed", "transferred", "voicemail", "no_answer", "hung_up", "failed")
    moods = ("positive", "neutral", "negative", "")
    for back, name, outcome, mood in zip(range(60), cycle(NAMES), cycle(outcomes), cycle(moods), strict=False):
        at = now() - timedelta(hours=back * 5, minutes=back + 2)
        make_call(
            org, created_at=at, started_at=at, caller_name=name, outcome=outcome, sentiment_label=mood,
            booking_confirmed=outcome == "booked", duration_seconds=30 + 61 * back, total_cost="0.4312",
            status=CallStatus.FAILED if outcome == "failed" else CallStatus.COMPLETED,
            call_type="outbound" if back % 5 == 4 else "inbound",
            phone_number="" if back % 11 == 10 else f"+4477009{back:05}",
        )  # fmt: skip
    live = make_call(org, status=CallStatus.IN_PROGRESS, caller_name=NAMES[0], duration_seconds=None, ended_reason="")
    _talk(live)
    told = make_call(
        org, caller_name=NAMES[0], outcome="booked", outcome_summary=SPEECH * 3, sentiment_label="positive"
    )
    _talk(told)
    return str(told.pk)


def _talk(call) -> None:
    from calls.tests.factories import add_line, add_tool_call

    for at in range(0, 40, 2):
        add_line(call, "Of course. Let me look.", role="assistant", ordinal=at)
        add_line(call, SPEECH * (at % 3 + 1), ordinal=at + 1)
    long_word = {"date": "2026-11-24", "service": "Polynucleotide" * 12}
    add_tool_call(call, arguments=long_word, start_offset_ms=4500)
    add_tool_call(call, "bookClinicAppointment", succeeded=False, start_offset_ms=9500)


def _fill_diary(call_id: str) -> None:
    from contacts.models import Service
    from scheduling.models import AppointmentSource, AppointmentStatus
    from scheduling.tests.factories import make_appointment
    from voxanne.clock import now

    services, today = list(Service.objects.all()), now().date()
    states = (AppointmentStatus.CONFIRMED, AppointmentStatus.PENDING, AppointmentStatus.NO_SHOW)
    for number, name, service, status in zip(range(70), cycle(NAMES), cycle(services), cycle(states), strict=False):
        day = today + timedelta(days=number // 7 - 2)
        starts_at = datetime.combine(day, time(9 + number % 7), tzinfo=UTC)
        source = AppointmentSource.AI_CALL if number % 2 else AppointmentSource.STAFF
        made = {"patient_name": name, "service": service, "status": status, "source": source}
        make_appointment(starts_at, **made, call_id=call_id if number % 2 else None)


def _fill_leads(org, call_id: str, *, writer) -> None:
    from calls.after_call.leads import rescore_lead
    from calls.models import Call
    from contacts.models import ContactNote
    from contacts.tests.factories import make_contact
    from voxanne.clock import now

    stages = ("new", "contacted", "booked", "lost")
    for number, name, stage in zip(range(60), cycle(NAMES[:-1]), cycle(stages), strict=False):
        address = f"{'wilhelmina.featherstonehaugh.' if number % 3 else 'w'}{number}@patients.test"
        last = now() - timedelta(days=number) if number % 4 else None
        lead = make_contact(
            name=name if number % 9 else "", phone=f"+4477007{number:05}", email=address, lead_status=stage,
            lead_score=number * 37 % 101, last_contacted_at=last, blocked_at=last if number % 13 == 5 else None,
            service_interests=["Botox", "Breast Augmentation"] if number % 2 else [],
        )  # fmt: skip
        ContactNote.objects.create(contact=lead, author=writer, text=SPEECH * (number % 3 + 1))
    named = [
        {"id": "", "name": "Breast Augmentation", "value": 750_000, "wanted": True},
        {"id": "", "name": "Polynucleotide " * 5, "value": 12_550, "wanted": False},
    ]
    worth = {"financial_value": 750_000, "matched_services": named, "lead_stage": "contacted"}
    Call.objects.filter(pk=call_id).update(contact=lead, sentiment_urgency="high", **worth)
    rescore_lead(org=org, contact_id=lead.pk)


def _fill_knowledge(org, call_id: str) -> None:
    from uuid import UUID

    from knowledge.questions.noting import Asked, note_unanswered
    from knowledge.tests.factories import make_chunk, make_document
    from voxanne.clock import now

    states = (
        {"status": "ready", "last_used_at": now(), "page_count": 12, "size_bytes": 1_234_567},
        {"status": "failed", "error": "This PDF is a scan: it has pictures of pages, and no text.", "chunk_count": 0},
        {"status": "extracting", "progress_done": 312, "progress_total": 500, "chunk_count": 0},
        {"status": "embedding", "error": "OpenAI does not answer. We try again by ourselves."},
        {"status": "ready", "is_active": False, "source": "url", "url": f"https://clinic.test/{'aftercare/' * 12}"},
    )
    for number, state in zip(range(30), cycle(states), strict=False):
        name = f"{'Aftercare following polynucleotide treatment and microneedling ' * (number % 3 + 1)}{number}"
        make_document(title=name[:200], **({"size_bytes": 48_000, "chunk_count": 7} | state))
    told = make_document(
        chunk_count=30,
        page_count=30,
        size_bytes=812_000,
        title="Prices of the Featherstonehaugh Centre",
        source="upload",
        filename=f"{'prices-' * 30}.pdf",
    )
    for ordinal in range(30):
        headings = ("Prices", "Dermatology") if ordinal % 2 else ()
        make_chunk(
            document=told, ordinal=ordinal, content=SPEECH * (ordinal % 4 + 1), headings=headings, page=ordinal + 1
        )
    words = [f"Would you treat {chr(97 + number % 26) * 8}{number} at your place?" for number in range(29)]
    asked = [Asked(tool_call_id=f"t{place}", words=one, at=now()) for place, one in enumerate([*words, SPEECH * 4])]
    note_unanswered(org=org, call_id=UUID(call_id), asked=asked)


def _fill_team(org, colleagues) -> None:
    from orgs.actors import Actor
    from orgs.models import Membership, Role
    from orgs.services import invite_member

    for colleague in colleagues:
        Membership.objects.create(user=colleague, role=Role.ADMIN)
    invite_member(
        org=org, email="bartholomew.adeyemi-montgomery@clinic.test", role=Role.MEMBER, actor=Actor.system(org.pk)
    )


if __name__ == "__main__":
    main()
