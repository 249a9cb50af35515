"""Workers at once, crashes, lost answers and a Vapi that misbehaves: still one assistant."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections

from agents import assistants
from agents.assistants import Outcome
from agents.leases import LEASE_S
from agents.models import CallDirection, SyncState
from agents.structured_outputs import STRUCTURED_OUTPUTS
from agents.tests.conftest import assistants_of, lapse, sync
from credentials.service import credential_service
from providers.vapi.client import VapiClient
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_at_once_end_with_one_assistant(north, vapi_sandbox, agent_of):
    agent, outcomes, start = agent_of(north), [], threading.Barrier(8)
    vapi_sandbox.spoil(latency_ms=20)

    def work():
        start.wait()
        try:
            outcomes.append(sync(north, agent).outcome)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [Outcome.BUSY] * 7 + [Outcome.CREATED]
    assert len(assistants_of(vapi_sandbox, north)) == 1


def test_many_clinics_at_once_register_each_tool_once(north, south, vapi_sandbox, agent_of):
    work_list = [(org, agent_of(org, direction)) for org in (north, south) for direction in CallDirection]
    start = threading.Barrier(len(work_list))

    def work(org, agent):
        start.wait()
        try:
            sync(org, agent)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=item) for item in work_list]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(vapi_sandbox.vapi("GET", "/assistant")) == 4
    assert len(vapi_sandbox.vapi("GET", "/tool")) == 2
    assert len(vapi_sandbox.vapi("GET", "/credential")) == 3
    assert vapi_sandbox.vapi("GET", "/structured-output")["metadata"]["totalItems"] == len(STRUCTURED_OUTPUTS)
    assert all(agent_of(org, d).is_in_step for org in (north, south) for d in CallDirection)


class Crash(BaseException):
    """As if the process had died here: no handler of the product sees it."""


def test_a_crash_between_creating_and_recording_leaves_no_duplicate(
    north, vapi_sandbox, agent_of, change_agent, monkeypatch
):
    def die(**_):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(assistants, "record_success", die)
        patch.setattr(assistants.Lease, "release", lambda self: None)
        with pytest.raises(Crash):
            sync(north, agent_of(north))
    assert agent_of(north).vapi_assistant_id == ""
    assert sync(north, agent_of(north)).outcome is Outcome.BUSY  # until the dead worker's lease runs out

    lapse(change_agent, north)
    assert sync(north, agent_of(north)).outcome is Outcome.ADOPTED
    assert [a["id"] for a in assistants_of(vapi_sandbox, north)] == [agent_of(north).vapi_assistant_id]


def test_an_answer_lost_on_its_way_leaves_no_duplicate(north, vapi_sandbox, agent_of):
    sync(north, agent_of(north, CallDirection.OUTBOUND))  # everything shared is registered
    original = VapiClient.create_assistant

    def lose_the_answer(self, body):
        vapi_sandbox.spoil(drop_rate=1, after_work=True, times=1)
        return original(self, body)

    VapiClient.create_assistant = lose_the_answer
    try:
        assert sync(north, agent_of(north)).outcome is Outcome.FAILED
    finally:
        VapiClient.create_assistant = original
    assert sync(north, agent_of(north)).outcome is Outcome.ADOPTED
    assert len(assistants_of(vapi_sandbox, north)) == 2  # one inbound, one outbound


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 500}, "cannot be reached"),
        ({"status": 429}, "is busy"),
        ({"status": 401}, "does not accept our key"),
        ({"status": 400}, "did not accept this agent's settings"),
        ({"drop_rate": 1}, "cannot be reached"),
    ],
)
def test_faults_are_said_plainly_and_healed(north, vapi_sandbox, agent_of, fault, sentence):
    vapi_sandbox.spoil(**fault)
    assert sync(north, agent_of(north)).outcome is Outcome.FAILED

    failed = agent_of(north)
    assert failed.sync_state == SyncState.FAILED
    assert sentence in failed.sync_error
    assert failed.sync_attempts == 1
    assert failed.sync_due_at > now()
    assert failed.sync_claim is None

    vapi_sandbox.heal()
    assert sync(north, failed).outcome is Outcome.CREATED
    healed = agent_of(north)
    assert (healed.sync_state, healed.sync_error, healed.sync_attempts) == (SyncState.SYNCED, "", 0)


@pytest.mark.parametrize("rate", [0.3])
def test_a_flaky_vapi_ends_with_one_of_everything(north, vapi_sandbox, agent_of, rate):
    vapi_sandbox.spoil(error_rate=rate, drop_rate=rate / 2, after_work=True)
    for _ in range(40):
        if sync(north, agent_of(north)).outcome not in {Outcome.FAILED, Outcome.BUSY}:
            break

    vapi_sandbox.heal()
    assert agent_of(north).is_in_step
    assert len(assistants_of(vapi_sandbox, north)) == 1
    assert len(vapi_sandbox.vapi("GET", "/tool")) == 2
    assert len(vapi_sandbox.vapi("GET", "/credential")) == 2
    assert vapi_sandbox.vapi("GET", "/structured-output")["metadata"]["totalItems"] == len(STRUCTURED_OUTPUTS)


def test_a_save_during_the_sync_is_not_lost(north, vapi_sandbox, agent_of, change_agent, monkeypatch):
    ensure = assistants._ensure_assistant

    def and_then_somebody_saves(client, lease, body):
        result = ensure(client, lease, body)
        change_agent(north, config_hash="f" * 64)
        return result

    monkeypatch.setattr(assistants, "_ensure_assistant", and_then_somebody_saves)
    sync(north, agent_of(north))

    agent = agent_of(north)
    assert agent.sync_state == SyncState.SYNCING
    assert agent.sync_due_at <= now()


def test_no_provider_is_called_inside_a_transaction(north, vapi_sandbox, agent_of, monkeypatch):
    open_during_calls = []
    send = VapiClient._send

    def watch(self, *args, **kwargs):
        open_during_calls.append(connection.in_atomic_block)
        return send(self, *args, **kwargs)

    monkeypatch.setattr(VapiClient, "_send", watch)
    sync(north, agent_of(north))
    assert open_during_calls
    assert not any(open_during_calls)


def test_an_unreadable_secret_is_said_and_not_replaced(north, vapi_sandbox, agent_of, settings):
    settings.ENCRYPTION_KEY = "5d1f0a9c3b7e28461c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7"
    credential_service._cache.clear()

    assert sync(north, agent_of(north)).outcome is Outcome.FAILED
    assert "Please reconnect Vapi" in agent_of(north).sync_error


def test_what_vapi_did_not_keep_is_a_failure(north, vapi_sandbox, agent_of, change_agent, monkeypatch):
    sync(north, agent_of(north))
    change_agent(north, first_message="Another greeting")
    monkeypatch.setattr(VapiClient, "get_assistant", lambda self, key: {"model": {}, "serverMessages": []})

    assert sync(north, agent_of(north)).outcome is Outcome.FAILED
    assert "did not keep" in agent_of(north).sync_error


def test_a_change_that_cannot_be_read_back_counts_as_it_was_answered(
    north, vapi_sandbox, agent_of, change_agent, monkeypatch
):
    sync(north, agent_of(north))
    change_agent(north, first_message="Another greeting")
    asked = []
    get = VapiClient.get_assistant

    def watch(self, key):
        asked.append(key)
        vapi_sandbox.spoil(status=500, times=1)
        return get(self, key)

    monkeypatch.setattr(VapiClient, "get_assistant", watch)
    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    assert len(asked) == 1  # nobody waits for it
    assert agent_of(north).sync_state == SyncState.SYNCED


def test_a_dead_workers_lease_runs_out(north, vapi_sandbox, agent_of, change_agent):
    change_agent(
        north,
        sync_claim="00000000-0000-4000-8000-000000000001",
        sync_claimed_until=now() + timedelta(seconds=LEASE_S),
    )
    assert sync(north, agent_of(north)).outcome is Outcome.BUSY

    with time_machine.travel(now() + timedelta(seconds=LEASE_S + 1), tick=True):
        assert sync(north, agent_of(north)).outcome is Outcome.CREATED
