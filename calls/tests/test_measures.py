"""What Prometheus learns of a call: how many and how long, and nothing about whom."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client

from calls.models import WebhookEvent
from calls.tests import payloads
from calls.tests.test_tools import ask
from orgs.scope import org_scope, org_tx
from voxanne.metrics.testing import Growth

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TOKEN = "metrics-token-for-tests-only-0123456789"


@pytest.fixture
def grown():
    return Growth()


def webhooks(kind, outcome):
    return {"type": kind, "outcome": outcome}


def test_messages_are_counted_by_type_and_outcome(line, grown):
    seen = [
        webhooks("end-of-call-report", "accepted"),
        webhooks("end-of-call-report", "duplicate"),
        webhooks("end-of-call-report", "unauthorized"),
        webhooks("end-of-call-report", "unresolved"),
        webhooks("other", "ignored"),
        webhooks("unread", "not_json"),
    ]
    for labels in seen:
        grown("webhook_seconds_count", **labels)
    for reason in ("missing", "wrong"):
        grown("webhook_signature_failures_total", reason=reason)
    report = payloads.report(call_id="c1", assistant_id=line.assistant_id)

    line.post(report)
    line.post(report)
    line.post(report, secret="")
    line.post(report, secret="wrong")
    line.post(payloads.report(call_id="c2", assistant_id="unknown"), secret=django_settings.VAPI_WEBHOOK_SECRET)
    line.post({"message": {"type": "speech-update +447700900123", "call": {"id": "c1"}}})
    line.post("{")

    assert [grown("webhook_seconds_count", **labels) for labels in seen] == [1, 1, 2, 1, 1, 1]
    assert [grown("webhook_signature_failures_total", reason=reason) for reason in ("missing", "wrong")] == [1, 1]


def test_what_breaks_is_counted_as_failed(line, grown, monkeypatch):
    grown("webhook_seconds_count", **webhooks("end-of-call-report", "failed"))
    monkeypatch.setattr("calls.api.webhooks.accept_report", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id))

    assert grown("webhook_seconds_count", **webhooks("end-of-call-report", "failed")) == 1


def test_an_event_is_counted_when_it_is_worked_off_and_each_time_it_is_not(line, grown, monkeypatch):
    failures = [{"outcome": "again"}, {"outcome": "dead"}]
    for labels in failures:
        grown("webhook_event_failures_total", **labels)
    grown("webhook_event_delay_seconds_count")
    line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    line.post(payloads.report(call_id="c2", assistant_id=line.assistant_id))
    line.work_off("c1")
    monkeypatch.setattr("calls.processing.apply_message", lambda **_: 1 / 0)
    for attempts in (0, 7):
        with org_scope(line.org), org_tx():
            WebhookEvent.objects.filter(vapi_call_id="c2").update(attempts=attempts, next_attempt_at=FRIDAY)
        line.work_off("c2")

    assert grown("webhook_event_delay_seconds_count") == 1
    assert [grown("webhook_event_failures_total", **labels) for labels in failures] == [1, 1]


def test_tools_and_bookings_are_counted_by_what_came_of_them(line, grown):
    tools = [
        {"tool": "checkAvailability", "outcome": "ok"},
        {"tool": "bookClinicAppointment", "outcome": "ok"},
        {"tool": "bookClinicAppointment", "outcome": "slot_taken"},
        {"tool": "bookClinicAppointment", "outcome": "bad_arguments"},
        {"tool": "unknown", "outcome": "unknown_tool"},
    ]
    bookings = [{"result": result, "source": "ai_call"} for result in ("booked", "slot_taken")]
    for labels in tools:
        grown("tool_seconds_count", **labels)
    for labels in bookings:
        grown("bookings_total", **labels)
    wish = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"}

    with time_machine.travel(FRIDAY, tick=True):
        ask(line, "checkAvailability", {"date": "2026-11-24"}, tool_call_id="t1")
        ask(line, "bookClinicAppointment", wish, tool_call_id="t2")
        ask(line, "bookClinicAppointment", {**wish, "name": "Rival"}, tool_call_id="t3", call_id="c2")
        ask(line, "bookClinicAppointment", {"name": "Nobody"}, tool_call_id="t4")
        ask(line, "+447700900123", {}, tool_call_id="t5")

    assert [grown("tool_seconds_count", **labels) for labels in tools] == [1] * 5
    assert [grown("bookings_total", **labels) for labels in bookings] == [1, 1]


def test_a_scrape_after_a_call_tells_nothing_about_anybody(line, settings):
    settings.METRICS_TOKEN = TOKEN
    with time_machine.travel(FRIDAY, tick=True):
        line.post(payloads.status("in-progress", call_id="c1", assistant_id=line.assistant_id))
        wish = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes", "phone": "+447700900456"}
        ask(line, "bookClinicAppointment", wish, tool_call_id="t2")
        line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id))
        line.work_off("c1")
    line.post(payloads.report(call_id="c3", assistant_id=line.assistant_id), secret="Not-The-Secret")
    Client().get(f"/dashboard/calls/{line.org.pk}")

    told = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()

    assert 'voxanne_webhook_seconds_count{outcome="accepted",type="end-of-call-report"}' in told
    hidden = [
        payloads.CALLER, payloads.CALLER[-6:], "Ana", "Reyes", "7700900456", line.assistant_id, str(line.org.pk),
        line.org.name, line.org.slug, line.secret, "Not-The-Secret", TOKEN, django_settings.VAPI_WEBHOOK_SECRET,
        str(line.agent.pk), "c1", "owner@",
    ]  # fmt: skip
    # Names and labels: among the digits of so many sums any number comes up once.
    lines = [text.rpartition(" ")[0] for text in told.splitlines() if not text.startswith("#")]
    assert [
        word for word in hidden if any(f'"{word}"' in text or (len(word) > 4 and word in text) for text in lines)
    ] == []
