"""Workers die; reports are neither lost nor doubled."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from bench.clinic import WEBHOOK, Clinic
from bench.load import Outcome, send
from calls import tasks
from calls.models import Call, TranscriptLine, WebhookEvent
from calls.tests import payloads
from contacts.models import Contact
from orgs.models import Organization
from tests.reliability.mortal_celery import DEADLY
from tests.reliability.plant import Plant, wait_until
from voxanne.embedded.processes import WORKER_PROCESSES

REPORTS = 1000
CALLERS = 250
KILLS = 10
# How long all of them take says how busy the machine is; that one after the other is done, what the worker does.
ONE_WITHIN_S = 60


def reports(clinic: Clinic, number: int) -> bytes:
    """The report of one call; every fourth call is of the same person."""
    body = payloads.report(call_id=f"call-{number}", assistant_id=clinic.assistant_id)
    customer = {"number": f"+447700{900000 + number % CALLERS}", "name": f"Caller {number % CALLERS}"}
    body["message"]["customer"] = body["message"]["call"]["customer"] = customer
    return clinic.request(WEBHOOK, body)


def see_all_worked_off(count: Callable[..., int]) -> None:
    while left := count(WebhookEvent, processed_at=None):
        wait_until(
            lambda left=left: count(WebhookEvent, processed_at=None) < left,
            within_s=ONE_WITHIN_S,
            what=f"one of {left} that wait is worked off",
        )


def test_ten_kills_during_a_thousand_reports_lose_and_double_nothing(
    plant: Plant, clinic: Clinic, count: Callable[..., int], north: Organization, working_for: Callable
):
    plant.start_web()
    plant.start_worker(WORKER_PRELOAD="true")
    sent: list[Outcome] = []
    # Ten senders, one report every 120 ms each: the sending lasts as long as most of the killing.
    sender = threading.Thread(
        target=lambda: sent.append(
            send(plant.ports.web, [reports(clinic, n) for n in range(REPORTS)], connections=10, each_s=0.12)
        )
    )
    sender.start()
    with plant.sweeping():
        for _ in range(KILLS):
            before = count(WebhookEvent, processed_at__isnull=False)
            wait_until(
                lambda before=before: count(WebhookEvent, processed_at__isnull=False) >= before + 10,
                within_s=60,
                what="a fresh worker works",
            )
            plant.kill("worker")
            plant.start_worker(WORKER_PRELOAD="true")
        sender.join()
        see_all_worked_off(count)

    assert sent[0].statuses == {200: REPORTS}
    assert count(WebhookEvent, dead_at=None, error="") == REPORTS
    assert count(Call) == REPORTS
    assert count(Contact) == CALLERS
    with working_for(north):
        finals = Counter(
            Call.objects.filter(contact__isnull=False).values_list(
                "status", "outcome", "duration_seconds", "outcome_summary", "sentiment_label"
            )
        )
        lines = Counter(TranscriptLine.objects.values_list("call_id", flat=True))
        tries = list(WebhookEvent.objects.filter(attempts__gt=1).values_list("attempts", flat=True))
    assert finals == {("completed", "completed", 216, "Ana asked about Botox.", "positive"): REPORTS}
    assert set(lines.values()) == {3}
    assert len(lines) == REPORTS
    assert len(tries) <= WORKER_PROCESSES * KILLS  # only what a killed worker's processes had in hand was tried again


@pytest.mark.parametrize("hit", [1, 2, 5])
@pytest.mark.parametrize("point", ["inbox.claimed", "inbox.before_commit", "inbox.processed"])
def test_a_death_at_any_point_loses_and_doubles_nothing(
    point: str, hit: int, plant: Plant, waiting_reports: Callable[[list[str]], Clinic], count: Callable[..., int]
):
    calls = [f"call-{number}" for number in range(6)]
    clinic = waiting_reports(calls)
    plant.start_worker(solo=True, FAILPOINT=f"{point}:{hit}")
    plant.wake(*((str(clinic.org_id), call_id) for call_id in calls))

    assert plant.wait_for_death("worker", within_s=60) == 137
    done_before_death = hit if point == "inbox.processed" else hit - 1
    assert count(WebhookEvent, processed_at__isnull=False) == done_before_death

    def all_is_done() -> bool:
        tasks.sweep_webhook_events()
        return count(WebhookEvent, processed_at=None) == 0

    wait_until(all_is_done, within_s=20, what="the sweeper finishes")
    assert count(Call, status="completed", sentiment_label="positive") == len(calls)
    assert count(TranscriptLine) == 3 * len(calls)
    assert count(Contact) == 1
    assert count(WebhookEvent, attempts=2) == (0 if point == "inbox.processed" else 1)


def test_an_event_that_kills_its_worker_each_time_is_set_aside_and_blocks_nobody(
    plant: Plant, waiting_reports: Callable[[list[str]], Clinic], count: Callable[..., int]
):
    waiting_reports([f"{DEADLY}-1", *(f"call-{number}" for number in range(20))])
    plant.start_worker(app="tests.reliability.mortal_celery", WEBHOOK_LEASE_S="1")

    with plant.sweeping():
        wait_until(
            lambda: count(WebhookEvent, processed_at__isnull=False) == 20, within_s=60, what="the others are worked off"
        )
        assert count(WebhookEvent, dead_at__isnull=False) == 0  # they did not wait for its end
        wait_until(lambda: count(WebhookEvent, dead_at__isnull=False) == 1, within_s=120, what="it is set aside")

    assert count(WebhookEvent, vapi_call_id=f"{DEADLY}-1", attempts=8, processed_at=None) == 1
    assert count(Call, vapi_call_id=f"{DEADLY}-1", status="completed") == 1  # the acknowledgement had said so much
