"""A worker's process keeps its connection to PostgreSQL from task to task, and replaces one that was ended."""

import os
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from bench.clinic import Clinic
from calls.models import WebhookEvent
from tests.reliability.plant import Plant, wait_until


@pytest.fixture
def superuser() -> Iterator["psycopg.Connection[tuple[int]]"]:
    """Who sees, and ends, the connections of other logins."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_SUPERUSER_URL"], dbname=name, autocommit=True) as connected:
        yield connected


def test_a_connection_is_kept_from_task_to_task_and_replaced_when_it_was_ended(
    plant: Plant,
    waiting_reports: Callable[[list[str]], Clinic],
    count: Callable[..., int],
    superuser: "psycopg.Connection[tuple[int]]",
):
    clinic = waiting_reports([f"call-{number}" for number in range(6)])
    plant.start_worker(solo=True)

    def work_on(number: int) -> list[int]:
        """Wake the worker for one call, without a sweeper; the worker's connections afterwards."""
        done = count(WebhookEvent, processed_at__isnull=False)
        plant.wake((str(clinic.org_id), f"call-{number}"))
        wait_until(
            lambda: count(WebhookEvent, processed_at__isnull=False) == done + 1, within_s=60, what="it is worked off"
        )
        seen = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'voxanne_worker'"
        return [pid for (pid,) in superuser.execute(seen)]

    first = work_on(0)
    assert len(first) == 1
    assert [work_on(number) for number in (1, 2, 3)] == [first] * 3

    superuser.execute("SELECT pg_terminate_backend(%s, 5000)", first)
    replaced = work_on(4)
    assert len(replaced) == 1
    assert replaced != first
    assert work_on(5) == replaced
