"""Many at once for one thing: five hundred bookings of a slot, a hundred deliveries of a report."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from bench.clinic import WEBHOOK, Clinic, working_day
from bench.figures import Figure, exactly, report
from bench.load import Outcome, send
from bench.stack import Stack

CONNECTIONS = 100
WORKED_OFF_WITHIN_S = 60.0


def bookings(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Five hundred calls book one slot of the only practitioner."""
    start = working_day(2).replace(hour=15).isoformat()
    wishes = [
        clinic.tool("bookClinicAppointment", {"start": start, "service": "Consultation", "name": f"Rival {number}"})
        for number in range(500)
    ]
    outcome = send(stack.web, wishes, connections=CONNECTIONS)
    said = [_content(answer.body) for answer in outcome.answers if answer.status == 200]
    yield exactly("500 bookings of one slot: confirmed", sum(item["success"] for item in said), 1)
    refused = [item for item in said if not item["success"]]
    with_choice = sum(item["code"] == "slot_taken" and len(item["alternatives"]) == 3 for item in refused)
    codes = ", ".join(f"{code} {number}" for code, number in Counter(item["code"] for item in refused).items())
    yield exactly("500 bookings of one slot: refused with three others", with_choice, 499, note=codes)
    yield exactly("500 bookings of one slot: rows in the diary", _count("Appointment", clinic, patient="Rival"), 1)
    yield exactly("500 bookings of one slot: not answered with 200", _not_ok(outcome), 0)
    yield report("500 bookings of one slot, p50", outcome.percentile(0.5), "ms")
    yield report("500 bookings of one slot, p99", outcome.percentile(0.99), "ms")


def same_report(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """One end-of-call report, delivered a hundred times at once, worked off by a real worker."""
    from calls.tests import payloads

    call_id, number = str(uuid4()), f"+4477009{uuid4().int % 100000:05d}"
    body = payloads.report(call_id=call_id, assistant_id=clinic.assistant_id)
    for holder in (body["message"], body["message"]["call"]):
        holder["customer"] = {"number": number, "name": "Una Once"}
    stack.forget_backlog()
    with stack.worker():
        outcome = send(stack.web, [clinic.request(WEBHOOK, body)] * 100, connections=CONNECTIONS)
        started = time.monotonic()
        while not _count("WebhookEvent", clinic, done=call_id) and time.monotonic() < started + WORKED_OFF_WITHIN_S:
            time.sleep(0.1)
        time.sleep(1)  # a second effect would show by now
    yield exactly("a report 100 times at once: not answered with 200", _not_ok(outcome), 0)
    yield exactly("a report 100 times at once: events", _count("WebhookEvent", clinic, call=call_id), 1)
    yield exactly("a report 100 times at once: call logs", _count("Call", clinic, call=call_id), 1)
    yield exactly("a report 100 times at once: attempts of the after-call work", _attempts(clinic, call_id), 1)
    yield exactly("a report 100 times at once: contacts", _count("Contact", clinic, phone=number), 1)


_FILTERS = {
    "patient": "patient_name__startswith",
    "call": "vapi_call_id",
    "phone": "phone",
}


def _count(model: str, clinic: Clinic, **wanted: str) -> int:
    from django.apps import apps

    from orgs.scope import org_scope, org_tx

    app = {"Appointment": "scheduling", "Contact": "contacts"}.get(model, "calls")
    filters: dict[str, Any] = {_FILTERS[name]: value for name, value in wanted.items() if name in _FILTERS}
    if done := wanted.get("done"):
        filters = {"vapi_call_id": done, "processed_at__isnull": False}
    with org_scope(clinic.org_id), org_tx():
        return int(apps.get_model(app, model)._default_manager.filter(**filters).count())


def _attempts(clinic: Clinic, call_id: str) -> int:
    from calls.models import WebhookEvent
    from orgs.scope import org_scope, org_tx

    with org_scope(clinic.org_id), org_tx():
        return sum(WebhookEvent.objects.filter(vapi_call_id=call_id).values_list("attempts", flat=True))


def _content(body: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.loads(body)["toolResult"]["content"])
    return content


def _not_ok(outcome: Outcome) -> int:
    return len(outcome.answers) - outcome.statuses.get(200, 0)
