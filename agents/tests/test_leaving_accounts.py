"""A clinic that moves to its own account at Vapi, or back: what it leaves behind goes, once all answers elsewhere."""

from datetime import timedelta

import pytest

from agents.accounts import tasks
from agents.accounts.leaving import Leaving
from agents.assistants import reconcile
from agents.models import PlatformRegistration
from agents.numbers.leases import name_at_vapi
from agents.retirement import RETIRED_FOR
from agents.tests.moving import (
    CALLS_END,
    KEY,
    at_vapi,
    audited,
    leave,
    move,
    rows,
    sync,
    things,
)
from agents.tests.twilio_accounts import agents_of, number_of, sync_numbers
from credentials import connections
from credentials.service import credential_service
from credentials.types import Provider
from orgs.actors import Actor
from orgs.scope import service_tx
from telephony.models import NumberState

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_clinic_that_never_moved_has_no_row(north, home):
    assert rows(north) == {}
    assert tasks.sweep_vapi_accounts() == 0


def test_moving_leaves_nothing_behind_in_the_platforms_account(north, south, home, clock):
    for agent in agents_of(south).values():
        reconcile(org=south, agent_id=agent.pk)
    assert things(home, home.vapi_key, north) == (2, 1, 1)
    move(north, KEY)
    assert things(home, KEY, north) == (2, 1, 1)
    assert things(home, home.vapi_key, north) == (2, 0, 1)

    assert leave(north) == [Leaving.WAITING]
    clock.shift(CALLS_END)
    assert leave(north) == [Leaving.DONE]

    assert things(home, home.vapi_key, north) == (0, 0, 0)
    assert things(home, KEY, north) == (2, 1, 1)
    assert things(home, home.vapi_key, south)[0] == 2
    assert leave(north) == []
    assert audited(north) == ["vapi_account.changed", "vapi_account.tidied"]


def test_an_entry_that_stayed_there_goes_too_and_no_other_does(north, home, clock):
    move(north, KEY)
    for name in (name_at_vapi(number_of(north).pk), "voxanne of somebody else", "front desk"):
        home.vapi("POST", "/phone-number", {"provider": "vapi", "name": name})
    leave(north)
    clock.shift(CALLS_END)
    leave(north)

    assert [item["name"] for item in home.vapi("GET", "/phone-number")] == ["front desk", "voxanne of somebody else"]


def test_a_number_is_not_handed_over_before_its_assistant_is_there(north, home):
    connections.connect_vapi(org=north, given={"apiKey": KEY}, actor=Actor.system(north.pk))
    sync_numbers(north)
    assert things(home, home.vapi_key, north) == (2, 1, 1)
    sync(north)
    assert things(home, KEY, north) == (2, 1, 1)


def test_a_number_that_is_refused_for_another_reason_stays_where_it_works(north, home):
    for agent in agents_of(north).values():
        connections.connect_vapi(org=north, given={"apiKey": KEY}, actor=Actor.system(north.pk))
        reconcile(org=north, agent_id=agent.pk)
    home.spoil(operation="POST /phone-number", status=400)
    sync_numbers(north)

    assert number_of(north).sync_state == NumberState.NEEDS_ATTENTION
    assert things(home, home.vapi_key, north) == (2, 1, 1)


def test_the_number_is_set_again_after_its_old_entry_went(north, home, clock):
    move(north, KEY)
    leave(north)
    clock.shift(CALLS_END)
    before = len(home.requests_to_vapi("PATCH", "/phone-number"))
    leave(north)

    assert number_of(north).sync_state == NumberState.SYNCING
    sync_numbers(north)
    assert number_of(north).sync_state == NumberState.CONNECTED
    assert len(home.requests_to_vapi("PATCH", "/phone-number")) == before + 1


def test_the_webhook_credential_there_is_retired(north, home, clock):
    move(north, KEY)
    leave(north)
    clock.shift(CALLS_END)
    leave(north)

    with service_tx("test"):
        mine = PlatformRegistration.objects.filter(name=f"voxanne-{north.pk.hex}", account="")
        assert [row.retired_at is not None for row in mine] == [True]
        others = PlatformRegistration.objects.filter(account="").exclude(name=f"voxanne-{north.pk.hex}")
        assert not others.exclude(retired_at=None).exists()


def test_moving_back_leaves_nothing_behind_in_the_clinics_account(north, home, clock):
    move(north, KEY)
    move(north, "")
    left = rows(north)
    assert [bool(row.account) for row in left.values()] == [True]

    assert leave(north) == [Leaving.WAITING]
    clock.shift(CALLS_END)
    assert leave(north) == [Leaving.EMPTIED]
    assert things(home, KEY, north) == (0, 0, 0)
    assert at_vapi(home, KEY, "/tool") != []
    clock.shift(RETIRED_FOR + timedelta(minutes=2))
    assert leave(north) == [Leaving.DONE]

    assert (at_vapi(home, KEY, "/tool"), at_vapi(home, KEY, "/credential")) == ([], [])
    assert at_vapi(home, KEY, "/structured-output")["results"] == []
    assert things(home, home.vapi_key, north) == (2, 1, 1)
    assert rows(north) == {}


def test_deleting_the_key_goes_back_too(north, home, clock):
    move(north, KEY)
    credential_service.delete(org_id=north.pk, provider=Provider.VAPI, actor=Actor.system(north.pk))
    sync(north)
    sync(north)

    leave(north)
    clock.shift(CALLS_END)
    assert leave(north) == [Leaving.EMPTIED]
    assert things(home, KEY, north) == (0, 0, 0)


def test_nothing_goes_before_the_new_one_answers(north, home, clock):
    connections.connect_vapi(org=north, given={"apiKey": KEY}, actor=Actor.system(north.pk))
    home.spoil(operation="POST /phone-number", status=503)
    sync(north)
    sync(north)

    for _ in range(3):
        assert leave(north) == [Leaving.WAITING]
        clock.shift(CALLS_END)
    assert things(home, home.vapi_key, north) == (2, 1, 1)
    assert things(home, KEY, north) == (2, 0, 1)
    home.heal()
    sync(north)
    assert leave(north) == [Leaving.WAITING]  # calls that reached the old one may go on
    clock.shift(CALLS_END)
    assert leave(north) == [Leaving.DONE]


def test_who_comes_back_finds_everything_there(north, home, clock):
    move(north, KEY)
    before = {agent.call_direction: agent.vapi_assistant_id for agent in agents_of(north).values()}
    move(north, "")
    move(north, KEY)

    after = {agent.call_direction: agent.vapi_assistant_id for agent in agents_of(north).values()}
    assert after == before
    clock.shift(CALLS_END)
    leave(north)
    clock.shift(CALLS_END)
    leave(north)
    assert things(home, KEY, north) == (2, 1, 1)
    assert things(home, home.vapi_key, north) == (0, 0, 0)


def test_where_keys_are_allowed_no_more_everybody_moves_home(north, home, settings, monkeypatch):
    move(north, KEY)
    settings.ALLOW_ORG_VAPI_KEYS = False
    woken = []
    monkeypatch.setattr(tasks, "wake", lambda task, *args: woken.append((task, args)))

    tasks.sweep_vapi_accounts()
    for task, args in woken:
        task(*args)
    sync(north)
    sync(north)

    assert [bool(row.account) for row in rows(north).values() if row.left_at] == [True]
    ours = {item["id"] for item in home.vapi("GET", "/assistant")}
    assert {agent.vapi_assistant_id for agent in agents_of(north).values()} <= ours
