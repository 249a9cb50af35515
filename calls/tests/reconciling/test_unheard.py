"""Calls of which nobody told us anything are found in the account that they were made in."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from agents.accounts.home import open_client
from calls.models import AccountReading
from calls.reconciling import unheard
from calls.tasks import reconcile_calls
from credentials import connections
from orgs.actors import Actor
from orgs.scope import service_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


def reading(account=""):
    with service_tx("test"):
        return AccountReading.objects.get(account=account)


def test_a_call_that_nobody_heard_of_is_found_with_all_that_belongs_to_it(deaf, later):
    entry = deaf.ring(customer={"number": "+447700900321", "name": "Mia Berg"})

    assert deaf.look_through() == 1

    (call,) = deaf.calls()
    assert (call.vapi_call_id, call.status, call.call_type) == (entry["id"], "completed", "inbound")
    assert (call.phone_number, call.contact.phone, call.contact.name) == (*["+447700900321"] * 2, "Mia Berg")
    assert call.agent.vapi_assistant_id == entry["assistantId"]
    assert call.outcome_summary
    assert deaf.look_through() == 0
    assert len(deaf.calls()) == 1


def test_a_call_that_still_goes_on_is_begun_and_asked_about_later(deaf, later):
    entry = deaf.ring()
    with time_machine.travel(entry["endedAt"], tick=True) as clock:
        clock.shift(timedelta(minutes=3))
        assert deaf.look_through() == 1
        (call,) = deaf.calls()
        assert (call.status, call.outcome_summary) == ("completed", "")

    assert [answer.value for answer in deaf.ask()] == ["report"]
    assert deaf.calls()[0].outcome_summary


def test_what_is_heard_of_already_is_left_alone(deaf, later):
    deaf.ring()
    deaf.look_through()
    before = deaf.calls()[0].updated_at
    with service_tx("test"):
        AccountReading.objects.update(read_until=now() - timedelta(hours=3))

    assert deaf.look_through() == 0
    assert deaf.calls()[0].updated_at == before


def test_every_page_and_every_stretch_is_read(deaf, later, monkeypatch):
    monkeypatch.setattr("providers.vapi.client.PAGE_LIMIT", 2)
    monkeypatch.setattr(unheard, "PAGE_LIMIT", 2)
    rung = {deaf.ring("caller_hangs_up", seed=seed)["id"] for seed in range(5)}

    assert deaf.look_through() == 5
    assert {call.vapi_call_id for call in deaf.calls()} == rung
    asked = deaf.sandbox.requests_to_vapi("GET", "/call?")
    assert len(asked) >= 24  # a day in stretches of an hour
    assert reading().read_until >= now() - unheard.TOO_YOUNG - timedelta(seconds=10)


def test_vapi_away_in_the_middle_goes_on_from_there(deaf, later, settings):
    settings.VAPI_RETRY_DELAYS_S = ()
    deaf.ring()
    deaf.sandbox.spoil(operation="GET /call", status=503)
    assert deaf.look_through() == 0
    assert reading().read_until < now() - timedelta(hours=23)
    assert reading().claim is None

    deaf.sandbox.heal()
    assert deaf.look_through() == 1


def test_an_account_is_read_by_one_worker_at_a_time(deaf, later):
    deaf.ring()
    (one,) = unheard.accounts_to_read()
    taken, _ = unheard._take(one)

    assert unheard.read_account(one) == 0
    later.shift(unheard.LEASE + timedelta(seconds=1))
    assert unheard.read_account(one) == 1
    assert taken.move_on(now()) is False  # whoever slept through its lease notes nothing any more


def test_a_clinics_own_account_is_read_with_its_own_key(deaf, later, settings):
    settings.ALLOW_ORG_VAPI_KEYS = True
    own = replace(deaf, key="clinic-key-of-north")
    connections.connect_vapi(org=deaf.org, given={"apiKey": own.key}, actor=Actor.system(deaf.org.pk))
    open_client(deaf.org)  # notices the move
    own.hire()
    entry = own.ring()

    assert own.look_through() == 1
    assert [call.vapi_call_id for call in own.calls()] == [entry["id"]]
    assert deaf.at_vapi("GET", "/call") == []  # nothing of it is in the platform's


def test_what_a_clinic_writes_into_its_own_account_reaches_no_other_clinic(deaf, south, later, settings):
    settings.ALLOW_ORG_VAPI_KEYS = True
    entry = deaf.ring()
    assert unheard._by_org([entry], frozenset({south.pk})) == {}
    assert unheard._by_org([entry], frozenset({deaf.org.pk})).keys() == {deaf.org.pk}
    assert unheard._by_org([{**entry, "assistantId": "somebody-elses", "phoneNumberId": "theirs"}], None) == {}


def test_the_beat_wakes_both_ways_of_asking(deaf, later, monkeypatch):
    woken = []
    monkeypatch.setattr("calls.tasks.wake", lambda task, *ids: woken.append(task.name.rpartition(".")[2]))
    entry = deaf.ring()
    with time_machine.travel(entry["endedAt"], tick=True) as clock:
        clock.shift(timedelta(minutes=3))
        deaf.look_through()

    reconcile_calls()
    assert woken == ["ask_about_calls", "find_unheard_calls"]
