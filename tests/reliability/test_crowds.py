"""Many at once over HTTP, on the real server: one slot, one report."""

import json
from collections import Counter
from collections.abc import Callable

from bench.clinic import WEBHOOK, Clinic, working_day
from bench.load import send
from calls.models import Call, WebhookEvent
from calls.tests import payloads
from contacts.models import Contact
from scheduling.models import Appointment
from tests.reliability.plant import Plant, wait_until


def test_five_hundred_bookings_of_one_slot_confirm_one_and_offer_others_to_the_rest(
    plant: Plant, clinic: Clinic, count: Callable[..., int]
):
    plant.start_web()
    start = working_day(2).isoformat()
    wishes = [
        clinic.tool("bookClinicAppointment", {"start": start, "service": "Consultation", "name": f"Rival {number}"})
        for number in range(500)
    ]

    outcome = send(plant.ports.web, wishes, connections=100)

    assert outcome.statuses == {200: 500}
    said = [json.loads(json.loads(answer.body)["toolResult"]["content"]) for answer in outcome.answers]
    assert Counter(item.get("code", "confirmed") for item in said) == {"confirmed": 1, "slot_taken": 499}
    assert {len(item["alternatives"]) for item in said if not item["success"]} == {3}
    assert count(Appointment) == 1
    assert count(Call, booking_confirmed=True, outcome="booked") == 1


def test_a_report_delivered_a_hundred_times_at_once_is_one_call_with_one_effect(
    plant: Plant, clinic: Clinic, count: Callable[..., int]
):
    plant.start_web()
    plant.start_worker()
    report = clinic.request(WEBHOOK, payloads.report(call_id="c1", assistant_id=clinic.assistant_id))

    outcome = send(plant.ports.web, [report] * 100, connections=100)

    assert outcome.statuses == {200: 100}
    wait_until(lambda: count(WebhookEvent, processed_at__isnull=False), within_s=60, what="the report is worked off")
    assert count(WebhookEvent, attempts=1) == count(WebhookEvent) == 1
    assert count(Call, status="completed") == count(Call) == 1
    assert count(Contact) == 1
