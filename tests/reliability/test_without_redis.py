"""Redis only carries wake-ups and news: without it Vapi is still answered, and nothing is lost."""

from collections.abc import Callable

import pytest

from bench.clinic import WEBHOOK, Clinic
from bench.load import send
from calls.models import Call, WebhookEvent
from tests.reliability.plant import Plant, wait_until

SLOWEST_MS = 1000.0


@pytest.mark.serial
def test_vapi_is_answered_quickly_while_redis_is_away_and_the_work_is_done_when_it_is_back(
    plant: Plant, clinic: Clinic, count: Callable[..., int]
):
    plant.start_web()
    plant.start_worker()
    warm = send(plant.ports.web, clinic.reports(WEBHOOK, count=20), connections=4)
    assert warm.statuses == {200: 20}
    wait_until(lambda: count(WebhookEvent, processed_at=None) == 0, within_s=60, what="the worker works")

    plant.stop_redis()
    outcome = send(plant.ports.web, clinic.reports(WEBHOOK, count=200), connections=20)
    assert outcome.statuses == {200: 200}
    assert outcome.percentile(0.99) < SLOWEST_MS
    assert count(WebhookEvent, processed_at=None) == 200

    plant.restart_redis()

    def all_is_done() -> bool:
        plant.revive_worker()
        return count(WebhookEvent, processed_at=None) == 0

    with plant.sweeping():
        wait_until(all_is_done, within_s=60, what="the sweeper finishes")
    assert count(Call) == 220
