"""Readings that go wrong: every fault ends, by itself, in a mirror that is right."""

import os
import subprocess
import sys
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connections as database_connections

from credentials.service import credential_service
from credentials.tests.calendar_clinic import EMAIL, connect_calendar, connect_expired
from credentials.types import Provider
from orgs.scope import org_scope
from scheduling.calendars.reading import Reading, read_calendar
from scheduling.calendars.tests.outside import (
    BOTH,
    SANDBOX_NAMES,
    blocks_of,
    change,
    connection_of,
    put_event,
    read,
    remove_event,
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
    monkeypatch.setattr("voxanne.http.TIMEOUT_S", 0.2)
    monkeypatch.setattr("voxanne.http.ProviderClient.__init__.__kwdefaults__", None, raising=False)
    sandbox.spoil(provider=SANDBOX_NAMES[provider], timeout_rate=1, latency_ms=1)

    assert read_with_short_patience(north, provider, monkeypatch) is Reading.AGAIN


def read_with_short_patience(org, provider, monkeypatch):
    from scheduling.calendars import reading

    patient = reading.calendar_client

    def impatient(org, connection):
        client = patient(org, connection)
        client._api._timeout_s = 0.2
        return client

    monkeypatch.setattr(reading, "calendar_client", impatient)
    return read(org, provider)


def test_waiting_grows_and_stays_below_the_limit_of_stale(north, sandbox, provider):
    sandbox.spoil(provider=SANDBOX_NAMES[provider], status=503)
    waits = []
    for _ in range(8):
        read(north, provider)
        waits.append(connection_of(north, provider).due_at - now())

    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(minutes=5)


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


class TestDeath:
    """A worker that dies anywhere is followed by another, which reads the same pages again."""

    def die_at(self, org, point):
        """Read in a process of its own that dies at a point."""
        from django.db import connections

        change(org, due_at=now(), claimed_until=None)
        code = (
            "import django; django.setup()\n"
            "from django.conf import settings; from uuid import UUID\n"
            "from scheduling.calendars.tasks import sync_calendar\n"
            "sync_calendar(*__import__('sys').argv[1:3])\n"
        )
        where = connections["default"].settings_dict
        environment = {**os.environ, "FAILPOINT": point, **self.settings_of(where)}
        connection = connection_of(org, Provider.GOOGLE_CALENDAR)
        return subprocess.run(
            [sys.executable, "-c", code, str(org.pk), str(connection.pk)], env=environment, check=False,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    def settings_of(self, where):
        from django.conf import settings

        names = ("GOOGLE_API_URL", "GOOGLE_OAUTH_URL", "GOOGLE_ACCOUNTS_URL", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")
        address = f"postgresql://{where['USER']}@/{where['NAME']}?host={where['HOST']}"
        return {**{name: getattr(settings, name) for name in names}, "DATABASE_URL": address}

    @pytest.mark.slow
    @pytest.mark.parametrize("point", ["calendars.listed:1", "calendars.listed:2", "calendars.applied:1", "calendars.applied:2"])
    def test_nothing_is_lost_or_doubled(self, north, sandbox, point, monkeypatch):
        monkeypatch.setattr("providers.google.events.PAGE", 2)
        connect_calendar(north)
        gone = put_event(sandbox, Provider.GOOGLE_CALENDAR, soon(1))
        read(north, Provider.GOOGLE_CALENDAR)
        change(north, sync_token="", channel_due_at=None)
        remove_event(sandbox, Provider.GOOGLE_CALENDAR, gone)
        for day in range(2, 5):
            put_event(sandbox, Provider.GOOGLE_CALENDAR, soon(day))

        died = self.die_at(north, point)
        assert died.returncode in {137, 0}, died.stderr[-2000:]

        change(north, claimed_until=now() - timedelta(seconds=1))
        read(north, Provider.GOOGLE_CALENDAR)
        assert [start for start, _ in blocks_of(north)] == [soon(2), soon(3), soon(4)]
