"""Readings that go wrong: every fault ends, by itself, in a mirror that is right."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connections as database_connections

from credentials.service import credential_service
from credentials.tests.calendar_clinic import EMAIL, connect_calendar, connect_expired
from credentials.types import Provider
from orgs.scope import org_scope
from scheduling.calendars import reading
from scheduling.calendars.access import calendar_client
from scheduling.calendars.reading import Reading, read_calendar
from scheduling.calendars.tests.outside import (
    BOTH,
    SANDBOX_NAMES,
    blocks_of,
    change,
    connection_of,
    put_event,
    read,
    soon,
)
from scheduling.models import ConnectionState
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
FAULTS = ({"status": 429}, {"status": 503}, {"drop_rate": 1}, {"status": 500})


@pytest.fixture(params=BOTH, ids=["google", "outlook"])
def provider(request, north, sandbox):
    connect_calendar(north, request.param)
    return request.param


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_waited_out(north, sandbox, provider, fault):
    read(north, provider)
    put_event(sandbox, provider, soon())
    sandbox.spoil(provider=SANDBOX_NAMES[provider], **fault)

    assert read(north, provider) is Reading.AGAIN
    failing = connection_of(north, provider)
    assert (failing.state, failing.attempts, failing.claim) == (ConnectionState.RETRYING, 1, None)
    assert failing.error.endswith("We keep trying.")
    assert now() < failing.due_at < now() + timedelta(minutes=1)

    sandbox.heal(provider=SANDBOX_NAMES[provider])
    assert read(north, provider) is Reading.CHANGES
    assert [start for start, _ in blocks_of(north)] == [soon()]
    assert (connection_of(north, provider).state, connection_of(north, provider).error) == (ConnectionState.SYNCED, "")


def test_a_provider_that_takes_too_long_is_asked_again_later(north, sandbox, provider, monkeypatch):
    monkeypatch.setattr(reading, "calendar_client", impatient)
    sandbox.spoil(provider=SANDBOX_NAMES[provider], timeout_rate=1)

    assert read(north, provider) is Reading.AGAIN


def impatient(org, connection):
    """A client that waits for a fifth of a second."""
    client = calendar_client(org, connection)
    client._api._timeout_s = 0.2
    return client


def test_waiting_grows_and_stays_below_the_limit_of_stale(north, sandbox, provider):
    sandbox.spoil(provider=SANDBOX_NAMES[provider], status=503)
    waits = []
    for _ in range(8):
        read(north, provider)
        waits.append(connection_of(north, provider).due_at - now())

    minutes = [round(wait.total_seconds() / 60, 1) for wait in waits]
    assert minutes == sorted(minutes)
    assert minutes[-1] == 5


def test_access_taken_back_needs_a_person_and_is_told_by_the_credentials_alert(north, sandbox, provider):
    read(north, provider)
    sandbox.control("POST", f"/{SANDBOX_NAMES[provider]}/revoke", {"email": EMAIL})

    assert read(north, provider) is Reading.REFUSED

    assert connection_of(north, provider).state == ConnectionState.ATTENTION
    assert credential_service.find_status(north.pk, provider).verification_error


def test_a_token_that_ended_early_is_refreshed_and_the_reading_goes_on(north, sandbox, provider):
    read(north, provider)
    sandbox.control("POST", f"/{SANDBOX_NAMES[provider]}/expire", {"email": EMAIL})
    put_event(sandbox, provider, soon())

    assert read(north, provider) is Reading.AGAIN
    assert read(north, provider) is Reading.CHANGES
    assert len(blocks_of(north)) == 1


def test_connecting_again_mends_it_at_once(north, sandbox, provider):
    sandbox.control("POST", f"/{SANDBOX_NAMES[provider]}/revoke", {"email": EMAIL})
    read(north, provider)

    connect_calendar(north, provider)

    assert read(north, provider, due=False) is Reading.FULL
    assert connection_of(north, provider).state == ConnectionState.SYNCED


def test_an_old_token_is_refreshed_first(north, sandbox):
    connect_expired(north)

    assert read(north, Provider.GOOGLE_CALENDAR) is Reading.FULL


def test_two_workers_at_once_read_once(north, sandbox, provider):
    for day in range(1, 4):
        put_event(sandbox, provider, soon(day))
    change(north, due_at=now())
    connection, outcomes = connection_of(north, provider), []

    def work():
        with org_scope(north):
            outcomes.append(read_calendar(org=north, connection_id=connection.pk))
        database_connections.close_all()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(outcomes) == [Reading.FULL, Reading.NOT_DUE]
    assert len(blocks_of(north)) == 3
