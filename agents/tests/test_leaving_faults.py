"""Leaving an account at Vapi while things fail, workers die and the clinic changes its mind."""

import dataclasses

import pytest

from agents.accounts import leaving, tasks
from agents.accounts.leaving import GIVE_UP_AFTER, Leaving, leave_account
from agents.assistants import Outcome, reconcile
from agents.models import Agent, SyncState, VapiAccount
from agents.numbers.leases import name_at_vapi
from agents.tests.moving import (
    CALLS_END,
    KEY,
    OTHER_KEY,
    audited,
    leave,
    move,
    rows,
    sync,
    things,
)
from agents.tests.twilio_accounts import agents_of, number_of
from credentials import connections
from credentials.types import Secret
from credentials.vapi_accounts import client_with
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from voxanne.celery import app

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_agent_that_is_not_in_step_holds_it_up(north, home, clock):
    move(north, KEY)
    leave(north)
    clock.shift(CALLS_END)
    with org_scope(north), org_tx():
        Agent.objects.filter(call_direction="outbound").update(sync_state=SyncState.FAILED)

    assert leave(north) == [Leaving.WAITING]
    assert things(home, home.vapi_key, north) == (2, 0, 1)


def test_another_key_of_the_same_account_deletes_nothing(north, home, clock, monkeypatch):
    """Two keys, one account: what is found with the old key is what answers now."""
    move(north, KEY)
    monkeypatch.setattr(
        "agents.accounts.home.client_with",
        lambda key: Alias(key).open(),
    )
    move(north, OTHER_KEY)
    assert things(home, KEY, north) == (2, 1, 1)

    for _ in range(3):
        clock.shift(CALLS_END)
        leave(north)
    assert things(home, KEY, north) == (2, 1, 1)


@dataclasses.dataclass(frozen=True)
class Alias:
    """A client that names itself after one key and knocks with another."""

    key: Secret

    def open(self):
        client = client_with(Secret(KEY))
        client.account = client_with(self.key).account
        return client


@pytest.mark.parametrize("place", ["/phone-number", "/credential", "/assistant"])
def test_what_fails_is_finished_later(north, home, clock, place):
    move(north, KEY)
    home.vapi("POST", "/phone-number", {"provider": "vapi", "name": name_at_vapi(number_of(north).pk)})
    leave(north)
    clock.shift(CALLS_END)
    home.spoil(operation=f"DELETE {place}/{{id}}", status=503)

    assert leave(north) == [Leaving.FAILED]
    home.heal()
    for _ in range(3):
        sync(north)
        leave(north)
        clock.shift(CALLS_END)
    assert things(home, home.vapi_key, north) == (0, 0, 0)
    assert rows(north).keys() == {client_with(Secret(KEY)).account}


def test_what_is_gone_already_is_no_failure(north, home, clock):
    move(north, KEY)
    for path in ("/phone-number", "/assistant"):
        for item in home.vapi("GET", path):
            home.vapi("DELETE", f"{path}/{item['id']}")
    leave(north)
    clock.shift(CALLS_END)

    assert leave(north) == [Leaving.DONE]


def test_a_crash_after_deleting_is_finished_later(north, home, clock, monkeypatch):
    move(north, KEY)
    leave(north)
    clock.shift(CALLS_END)
    with monkeypatch.context() as dying:

        def die(name):
            raise KeyboardInterrupt

        dying.setattr(leaving, "failpoint", die)
        with pytest.raises(KeyboardInterrupt):
            leave(north)
    sync(north)
    while leave(north):
        clock.shift(CALLS_END)
    assert things(home, home.vapi_key, north) == (0, 0, 0)


def test_a_worker_that_lost_its_lease_has_everything_synced_again(north, home, clock, monkeypatch):
    """The organisation comes back while its things are being deleted."""
    move(north, KEY)
    leave(north)
    clock.shift(CALLS_END)
    move_back = leaving.answers_here

    def come_back(client, ours):
        connections.connect_vapi(org=north, given={"apiKey": ""}, actor=Actor.system(north.pk))
        reconcile(org=north, agent_id=agents_of(north)["inbound"].pk)
        return move_back(client, ours)

    monkeypatch.setattr(leaving, "answers_here", come_back)
    (result,) = leave(north)

    assert result in {Leaving.LOST, Leaving.BUSY}
    monkeypatch.undo()
    sync(north)
    sync(north)
    assert things(home, home.vapi_key, north) == (2, 1, 1)
    assert all(agent.sync_state == SyncState.SYNCED for agent in agents_of(north).values())


def test_two_workers_at_once_do_it_once(north, home, clock, monkeypatch):
    move(north, KEY)
    (row,) = [row for row in rows(north).values() if row.left_at]
    inside = []
    real = leaving.open_left_client

    def second(taken):
        if not inside:
            inside.append(leave_account(org=north, row_id=row.pk))
        return real(taken)

    monkeypatch.setattr(leaving, "open_left_client", second)
    leave_account(org=north, row_id=row.pk)
    assert inside == [Leaving.BUSY]


def test_a_key_that_the_clinic_revoked_is_given_up_after_a_while(north, home, clock, monkeypatch):
    move(north, KEY)
    move(north, "")
    monkeypatch.setattr("agents.accounts.home.client_with", lambda key: client_with(Secret("revoked-key-gone-bad")))
    leave(north)
    clock.shift(CALLS_END)

    assert leave(north) == [Leaving.FAILED]
    clock.shift(GIVE_UP_AFTER)
    assert leave(north) == [Leaving.ABANDONED]
    assert audited(north)[-1] == "vapi_account.abandoned"
    assert rows(north) == {}


def test_the_kept_key_is_sealed_for_its_row(north, south, home):
    move(north, KEY)
    (row,) = [row for row in rows(north).values() if not row.left_at]

    assert KEY not in row.key_encrypted
    with org_scope(south), org_tx():
        stolen = VapiAccount.objects.create(
            account=row.account, key_encrypted=row.key_encrypted, key_commitment=row.key_commitment,
            key_fingerprint=row.key_fingerprint, encryption_version=row.encryption_version,
        )  # fmt: skip
    with pytest.raises(leaving.SealedTextUnreadable):
        leaving.open_left_client(stolen)


def test_a_move_during_a_sync_is_not_lost(north, home, agent_of, monkeypatch):
    """The hash of an agent does not change with its account: the mark that the move made must outlive the sync."""
    agent, failpoint = agent_of(north), "agents.assistants.failpoint"

    def move_meanwhile(name):
        monkeypatch.setattr(failpoint, lambda name: None)
        connections.connect_vapi(org=north, given={"apiKey": KEY}, actor=Actor.system(north.pk))

    monkeypatch.setattr(failpoint, move_meanwhile)
    reconcile(org=north, agent_id=agent.pk)

    assert agent_of(north).sync_state == SyncState.SYNCING
    assert agent_of(north).sync_due_at is not None
    assert reconcile(org=north, agent_id=agent.pk).outcome is Outcome.RECREATED


def test_the_sweeper_wakes_what_is_due_and_only_once(north, home, clock, monkeypatch):
    move(north, KEY)
    woken = []
    monkeypatch.setattr(tasks, "wake", lambda task, *args: woken.append((task, args)))

    assert (tasks.sweep_vapi_accounts(), tasks.sweep_vapi_accounts()) == (1, 0)
    ((task, args),) = woken
    assert task(*args) == Leaving.WAITING
    assert app.conf.beat_schedule["sweep-vapi-accounts"]["task"] == tasks.sweep_vapi_accounts.name
