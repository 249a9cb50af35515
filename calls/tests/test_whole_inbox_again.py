"""Everything that came in on one day, worked on again: not a row more, and every row as it was.

The tables are those that there are, not those that somebody thought of.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import time_machine

from calls.models import Call, WebhookEvent
from calls.processing import process_pending, revive
from calls.tests import payloads
from calls.tests.conftest import Line
from contacts.models import Contact, LeadScore, StaffTask
from orgs.models import AuditEntry, IntegrationSettings
from orgs.scope import org_scope, org_tx, service_tx
from orgs.tenancy.trial import tenant_models
from scheduling.models import Appointment
from telephony.models import Message
from telephony.tests.texting import connect_twilio

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
ALERT = "+447700900999"
Body = dict[str, Any]
# What says when a row was written, or how often an event was worked on. Lines are written anew by each report.
PASSING = {"updated_at"}
OF_THE_WORK = {"processed_at", "attempts", "next_attempt_at"}
ANEW = {"id", "created_at"}


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(MORNING, tick=True):
        yield


def told(bodies: list[Body], *, number: str | None, name: str = "") -> list[Body]:
    """The same messages from another telephone."""
    for body in bodies:
        customer = {key: value for key, value in (("number", number), ("name", name)) if value}
        body["message"]["customer"] = body["message"]["call"]["customer"] = customer
    return bodies


def conversation(assistant_id: str, call_id: str, *said: str, **outputs: Any) -> list[Body]:
    """A call in which a caller says this, from ringing to its report, with every message that there is of it."""
    same = {"call_id": call_id, "assistant_id": assistant_id}
    lines = [{"role": "user", "message": text, "secondsFromStart": 4.0 + turn} for turn, text in enumerate(said)]
    report = payloads.report(**same)
    report["message"]["artifact"]["messages"] = lines
    for output in report["message"]["artifact"]["structuredOutputs"].values():
        output["result"] = outputs.get(output["name"], output["result"])
    return [
        payloads.status("ringing", at=1, **same),
        payloads.status("in-progress", at=2, **same),
        *(payloads.transcript("user", text, at=4.0 + turn, **same) for turn, text in enumerate(said)),
        payloads.status("ended", at=218, endedReason="customer-ended-call", **same),
        report,
    ]


def a_day(assistant_id: str) -> list[Body]:
    """Eleven calls as a clinic gets them: bookings, wishes, prices, danger, secrets, silence, people nobody reached."""
    same, talk = {"assistant_id": assistant_id}, partial(conversation, assistant_id)
    booking = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"}
    forwarded = payloads.status(
        "forwarding", call_id="nobody-there", at=60, destination={"type": "number", "number": "+442079460300"}, **same
    )
    unreached = payloads.report(call_id="nobody-there", endedReason="call.forwarding.no-answer", **same)
    unreached["message"]["artifact"]["transfers"] = [{"status": "failed"}]
    urgent = {"call_urgency": "high", "call_sentiment": "positive", "booking_intent": True}
    unhappy = {"call_sentiment": "negative", "booking_intent": False, "call_summary": "Wants nothing more."}
    secrets = "My number is four one five, five five five, two six seven one and my email is ana@example.org."
    return [
        payloads.tool_call("checkAvailability", {"date": "2026-11-24", "service": "Botox"}, call_id="booking", **same),
        payloads.tool_call("bookClinicAppointment", booking, call_id="booking", tool_call_id="call_2", **same),
        *talk("booking", "I'd like Botox on Tuesday at ten.", "Thank you."),
        *talk("again", "What does a filler cost?", booking_intent=False),
        *told(talk("hot", "I want a facelift as soon as you can.", **urgent), number="+447700900301", name="Mia Berg"),
        *told(talk("hot-again", "I want that facelift.", **urgent), number="+447700900301"),
        *told(talk("danger", "I've got a terrible pain in my chest."), number="+447700900302"),
        *told(talk("secrets", secrets), number="+447700900303", name="Sam Doyle"),
        *told(talk("lost", "I'm not interested, please do not call again.", **unhappy), number="+447700900304"),
        *told([forwarded, unreached], number="+447700900305"),
        *told(talk("withheld", "I'd like liposuction."), number=None),
        payloads.status("in-progress", call_id="cut-off", at=2, **same),
        payloads.stub_report(call_id="cut-off", **same),
        payloads.stub_report(call_id="never-answered", **same),
    ]  # fmt: skip


def everything(org: Any) -> dict[str, list[str]]:
    """Every row of every table that belongs to a clinic, without what passes."""
    found = {}
    with org_scope(org), org_tx():
        for model in [*tenant_models(), AuditEntry]:
            left_out = PASSING | (OF_THE_WORK if model is WebhookEvent else set())
            if model._meta.db_table == "call_transcripts":
                left_out |= ANEW
            rows = model.objects.filter(org=org).values()
            kept = [{name: value for name, value in row.items() if name not in left_out} for row in rows]
            found[model._meta.db_table] = sorted(repr(sorted(row.items())) for row in kept)
    return found


def differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, set[str]]:
    """The rows of which one side has fewer or others, by table."""
    return {name: set(before[name]) ^ set(after[name]) for name in before if before[name] != after[name]}


def replay(org: Any) -> int:
    """Every event of the inbox once more, as `manage.py replay_webhook` would."""
    with service_tx("test"):
        events = list(WebhookEvent.across_orgs.filter(org=org))
        for event in events:
            revive(event)
    with org_scope(org):
        return sum(process_pending(org=org, vapi_call_id=call_id) for call_id in {e.vapi_call_id for e in events})


@pytest.fixture
def day(line: Line, working_for: Any) -> Callable[[], None]:
    """Have the whole day come in, worked off call by call as it comes."""
    connect_twilio(line.org)
    with working_for(line.org):
        IntegrationSettings.objects.update(hot_lead_alert_phone=ALERT, fallback_value_minor=5000)

    def come_in() -> None:
        for body in a_day(line.assistant_id):
            assert line.post(body).status_code == 200
            line.work_off(body["message"]["call"]["id"])

    return come_in


def check_that_it_is_worth_repeating(org: Any) -> None:
    """That the day holds everything that follows from calls; else a repeat would prove little."""
    with org_scope(org), org_tx():
        calls = list(Call.objects.prefetch_related("lines"))
        hot = list(Contact.objects.filter(lead_score__gte=70).values_list("phone", flat=True))
        texts = Message.objects.filter(recipient=ALERT, purpose="alert").count()
        counted = [model.objects.count() for model in (Appointment, LeadScore, StaffTask, Contact)]
        stages = set(Contact.objects.values_list("lead_status", flat=True))
    outcomes = Counter(call.outcome for call in calls)
    said = " ".join(
        text for call in calls for text in (call.outcome_summary, *(line.text for line in call.lines.all()))
    )
    assert (outcomes["booked"], outcomes["not_reached"], len(calls)) == (1, 1, 11)
    assert texts == len(hot) > 1
    assert "+447700900301" in hot
    assert min(counted) > 0, counted
    assert {"booked", "lost", "contacted"} <= stages
    assert sum(bool(call.recording_status) for call in calls) > 5
    assert "facelift" in said
    assert "ana@example.org" not in said
    assert "two six seven one" not in said


@pytest.mark.slow  # eleven calls with all of their messages, four times over
def test_a_whole_day_delivered_again_and_worked_on_twice_more_changes_nothing(line, day):
    day()
    check_that_it_is_worth_repeating(line.org)
    before = everything(line.org)

    day()
    assert differences(before, everything(line.org)) == {}
    for _ in range(2):
        assert replay(line.org) == len(before["webhook_events"])
        assert differences(before, everything(line.org)) == {}
