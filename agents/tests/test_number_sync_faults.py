"""Numbers under workers at once, crashes, lost answers and a Vapi that misbehaves: still imported once."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections

from agents.assistants import reconcile
from agents.leases import LEASE_S, retry_delay_s
from agents.models import CallDirection
from agents.numbers import sync as number_sync
from agents.numbers import tasks as number_tasks
from agents.numbers.sync import NumberOutcome, reconcile_number
from agents.numbers.tasks import sweep_numbers, sync_number
from agents.tests.twilio_accounts import (
    NUMBER,
    OTHER_NUMBER,
    TOKEN,
    agents_of,
    change_number,
    connect,
    disconnect,
    imported,
    linked,
    number_of,
    numbers_of,
    sync_numbers,
)
from credentials.service import credential_service
from orgs.models import Role
from providers.vapi.client import VapiClient
from telephony.models import NumberState
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ready(north, vapi_sandbox):
    for agent in agents_of(north).values():
        reconcile(org=north, agent_id=agent.pk)
    return vapi_sandbox


class Crash(BaseException):
    """As if the process had died here: no handler of the product sees it."""


def die(*_, **__):
    raise Crash


def crash_in(monkeypatch, name, org):
    """Let a worker die at a function of the sync, its lease left behind; then let the lease run out."""
    with monkeypatch.context() as patch:
        patch.setattr(number_sync, name, die)
        patch.setattr(number_sync.NumberLease, "release", lambda self: None)
        with pytest.raises(Crash):
            sync_numbers(org)
    assert sync_numbers(org) == [NumberOutcome.BUSY]
    change_number(org, sync_claimed_until=now() - timedelta(seconds=1))


def test_workers_at_once_import_once(north, ready):
    connect(north)
    row, outcomes, start = number_of(north), [], threading.Barrier(8)
    ready.spoil(latency_ms=20)

    def work():
        start.wait()
        try:
            outcomes.append(reconcile_number(org=north, row_id=row.pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [NumberOutcome.BUSY] * 7 + [NumberOutcome.IMPORTED]
    assert len(ready.requests_to_vapi("POST", "/phone-number")) == 1


def test_a_crash_between_importing_and_recording_imports_nothing_again(north, ready, monkeypatch):
    connect(north)
    crash_in(monkeypatch, "record_connected", north)

    assert number_of(north).vapi_phone_number_id == ""
    assert sync_numbers(north) == [NumberOutcome.ADOPTED]
    assert number_of(north).vapi_phone_number_id == imported(ready)[NUMBER]["id"]
    assert len(ready.requests_to_vapi("POST", "/phone-number")) == 1
    assert len(ready.requests_to_vapi("POST", "/credential")) == 3  # the platform's, the clinic's, this one


def test_a_number_changed_after_such_a_crash_leaves_no_orphan(north, ready, monkeypatch):
    connect(north)
    crash_in(monkeypatch, "record_connected", north)
    connect(north, number=OTHER_NUMBER)

    sync_numbers(north)
    assert set(imported(ready)) == {OTHER_NUMBER}


def test_a_disconnect_after_such_a_crash_leaves_no_orphan(north, ready, monkeypatch):
    connect(north)
    crash_in(monkeypatch, "record_connected", north)
    disconnect(north)

    assert sync_numbers(north) == [NumberOutcome.FORGOTTEN]
    assert imported(ready) == {}
    assert [c for c in ready.vapi("GET", "/credential") if c["provider"] == "twilio"] == []


def test_a_crash_while_forgetting_is_finished_later(north, ready, monkeypatch):
    connect(north)
    sync_numbers(north)
    disconnect(north)
    crash_in(monkeypatch, "record_forgotten", north)

    assert sync_numbers(north) == [NumberOutcome.FORGOTTEN]
    assert numbers_of(north) == {}
    assert set(linked(north).values()) == {""}


@pytest.mark.parametrize("operation", ["create_phone_number", "create_credential"])
def test_an_answer_lost_on_its_way_makes_no_second_entry(north, ready, monkeypatch, operation):
    connect(north)
    original = getattr(VapiClient, operation)

    def lose_the_answer(self, body):
        ready.spoil(drop_rate=1, after_work=True, times=1)
        return original(self, body)

    with monkeypatch.context() as patch:
        patch.setattr(VapiClient, operation, lose_the_answer)
        assert sync_numbers(north) == [NumberOutcome.FAILED]
    assert number_of(north).sync_state == NumberState.NEEDS_ATTENTION
    sync_numbers(north)
    assert number_of(north).sync_state == NumberState.CONNECTED
    assert len(ready.vapi("GET", "/phone-number")) == 1
    assert len([c for c in ready.vapi("GET", "/credential") if c["provider"] == "twilio"]) == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 500}, "Vapi cannot be reached at the moment. We keep trying."),
        ({"status": 429}, "Vapi is busy at the moment. We keep trying."),
        ({"status": 401}, "Vapi does not accept our key. Our team has to act; nothing is lost."),
        ({"status": 400}, "Vapi did not accept this number. Check it in Twilio, or contact support."),
        ({"drop_rate": 1}, "Vapi cannot be reached at the moment. We keep trying."),
    ],
)
def test_faults_are_said_plainly_and_healed(north, ready, fault, sentence):
    connect(north)
    ready.spoil(**fault)
    assert sync_numbers(north) == [NumberOutcome.FAILED]

    failed = number_of(north)
    assert (failed.sync_state, failed.sync_error) == (NumberState.NEEDS_ATTENTION, sentence)
    assert (failed.sync_attempts, failed.sync_claim) == (1, None)
    assert failed.sync_due_at > now()

    ready.heal()
    assert sync_numbers(north) == [NumberOutcome.IMPORTED]
    healed = number_of(north)
    assert (healed.sync_state, healed.sync_error, healed.sync_attempts) == (NumberState.CONNECTED, "", 0)


def test_a_number_that_is_not_in_the_account_is_said_so(north, ready):
    connect(north, number="+442079460555")  # for sale, nobody's yet

    assert sync_numbers(north) == [NumberOutcome.FAILED]
    assert "does not find this number in the Twilio account" in number_of(north, "+442079460555").sync_error


@pytest.mark.parametrize("rate", [0.3])
def test_a_flaky_vapi_ends_with_one_of_everything(north, ready, rate):
    connect(north)
    ready.spoil(error_rate=rate, drop_rate=rate / 2, after_work=True)
    for _ in range(40):
        if sync_numbers(north)[0] not in {NumberOutcome.FAILED, NumberOutcome.BUSY}:
            break

    ready.heal()
    assert number_of(north).sync_state == NumberState.CONNECTED
    assert len(ready.vapi("GET", "/phone-number")) == 1
    assert len([c for c in ready.vapi("GET", "/credential") if c["provider"] == "twilio"]) == 1


def test_a_save_during_the_sync_is_synced_in_the_same_run(north, ready, monkeypatch):
    connect(north)
    row, ensure = number_of(north), number_sync._ensure_number

    def and_then_somebody_saves(client, lease, twilio):
        result = ensure(client, lease, twilio)
        if lease.row.wanted_version == row.wanted_version:
            connect(north, number=OTHER_NUMBER)
        return result

    monkeypatch.setattr(number_sync, "_ensure_number", and_then_somebody_saves)
    assert reconcile_number(org=north, row_id=row.pk) == NumberOutcome.UPDATED
    assert set(imported(ready)) == {OTHER_NUMBER}
    assert number_of(north, OTHER_NUMBER).sync_state == NumberState.CONNECTED


def test_a_failure_of_what_was_wanted_before_is_not_shown(north, ready, monkeypatch):
    connect(north)

    def save_and_fail(client, lease, twilio):
        connect(north, number=OTHER_NUMBER)
        ready.spoil(status=500, times=9)
        client.get_assistant("x")

    monkeypatch.setattr(number_sync, "_ensure_number", save_and_fail)
    assert sync_numbers(north) == [NumberOutcome.FAILED]
    row = number_of(north, OTHER_NUMBER)
    assert (row.sync_state, row.sync_error) == (NumberState.SYNCING, "")
    assert row.sync_due_at <= now()


def test_a_worker_that_lost_its_lease_imports_and_records_nothing(north, ready, monkeypatch):
    connect(north)
    ensure = number_sync._ensure_number

    def be_overtaken(client, lease, twilio):
        change_number(north, sync_claim="00000000-0000-4000-8000-000000000001")
        return ensure(client, lease, twilio)

    monkeypatch.setattr(number_sync, "_ensure_number", be_overtaken)
    assert sync_numbers(north) == [NumberOutcome.LOST]
    assert imported(ready) == {}
    assert number_of(north).vapi_phone_number_id == ""


def test_a_dead_workers_lease_runs_out(north, ready):
    connect(north)
    change_number(
        north,
        sync_claim="00000000-0000-4000-8000-000000000001",
        sync_claimed_until=now() + timedelta(seconds=LEASE_S),
    )
    assert sync_numbers(north) == [NumberOutcome.BUSY]
    with time_machine.travel(now() + timedelta(seconds=LEASE_S + 1), tick=True):
        assert sync_numbers(north) == [NumberOutcome.IMPORTED]


def test_no_provider_is_called_inside_a_transaction(north, ready, monkeypatch):
    open_during_calls = []
    send = VapiClient._send

    def watch(self, *args, **kwargs):
        open_during_calls.append(connection.in_atomic_block)
        return send(self, *args, **kwargs)

    monkeypatch.setattr(VapiClient, "_send", watch)
    connect(north)
    sync_numbers(north)
    disconnect(north)
    sync_numbers(north)
    assert open_during_calls
    assert not any(open_during_calls)


def test_an_unreadable_account_is_said_and_keeps_the_number(north, ready, settings):
    connect(north)
    settings.ENCRYPTION_KEY = "5d1f0a9c3b7e28461c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7"
    credential_service._cache.clear()

    assert sync_numbers(north) == [NumberOutcome.FAILED]
    assert "Please reconnect Twilio" in number_of(north).sync_error


def test_the_token_is_in_no_log(north, ready, caplog, capfd):
    connect(north)
    sync_numbers(north)
    ready.spoil(status=400)
    connect(north)
    sync_numbers(north)

    assert TOKEN not in caplog.text + "".join(capfd.readouterr())


def test_the_sweeper_wakes_what_was_lost_and_only_once(north, ready, monkeypatch):
    woken = []
    monkeypatch.setattr(number_tasks, "wake", lambda task, org_id, row_id: woken.append((task.name, row_id)))
    connect(north)
    with time_machine.travel(now() + timedelta(seconds=5), tick=False):
        assert sweep_numbers() == 0  # its own wake-up is still on its way
    with time_machine.travel(now() + timedelta(seconds=15), tick=False):
        assert sweep_numbers() == 1
        assert sweep_numbers() == 0
    with time_machine.travel(now() + timedelta(seconds=15 + retry_delay_s(1) + 11), tick=False):
        assert sweep_numbers() == 1
    assert woken == [("agents.tasks.sync_number", str(number_of(north).pk))] * 2
    sync_numbers(north)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert sweep_numbers() == 0


def test_the_task_syncs(north, ready):
    connect(north)

    assert sync_number(str(north.pk), str(number_of(north).pk)) == "imported"


def test_a_task_for_a_number_of_another_organisation_does_nothing(north, south, ready):
    connect(north)
    before = len(ready.requests_to_vapi())

    assert sync_number(str(south.pk), str(number_of(north).pk)) == "busy"
    assert len(ready.requests_to_vapi()) == before


def test_retry_from_the_page(north, north_owner, add_member, sign_in, ready):
    connect(north)
    ready.spoil(status=500)
    sync_numbers(north)
    ready.heal()
    path, agent = "/dashboard/agents/numbers/retry", agents_of(north)[CallDirection.INBOUND]
    page = sign_in(north_owner).get(f"/dashboard/agents/{agent.pk}/line").content.decode()
    assert "Vapi cannot be reached" in page
    assert path in page
    assert sign_in(add_member(north, Role.MEMBER)).post(path).status_code == 403

    answer = sign_in(north_owner).post(path, {"next": f"/dashboard/agents/{agent.pk}/line"})
    assert answer["Location"] == f"/dashboard/agents/{agent.pk}/line"
    row = number_of(north)
    assert (row.sync_state, row.sync_error, row.sync_attempts) == (NumberState.SYNCING, "", 0)
    assert sign_in(north_owner).post(path, {"next": "https://evil.example/"})["Location"] == "/dashboard/agents"
