"""What Vapi does wrong, or refuses: each wish ends as one call or as none, and says so."""

import threading
from datetime import timedelta

import pytest
import requests
import time_machine
from django.db import connections

from agents.models import Agent
from calls.models import Call, OutboundCall, OutboundPurpose, OutboundState
from calls.outbound import placing
from calls.outbound.errors import CallNotInitiated, CallNotPlaced
from calls.outbound.reconciler import Settled, claim_due, settle
from calls.tasks import sweep_outbound_calls
from contacts.models import Contact
from providers.vapi.client import VapiClient, platform_client
from voxanne.clock import now
from voxanne.errors import ProviderError

pytestmark = pytest.mark.django_db(transaction=True)

# After each of these nobody knows; whether Vapi has the call is in the second part.
LOST = [
    pytest.param({"drop_rate": 1, "after_work": True}, 1, id="connection drops after the call was accepted"),
    pytest.param({"status": 500, "after_work": True}, 1, id="500 after the call was accepted"),
    pytest.param({"timeout_rate": 1, "after_work": True}, 1, id="silence after the call was accepted"),
    pytest.param({"drop_rate": 1}, 0, id="connection drops before"),
    pytest.param({"status": 500}, 0, id="500 before"),
    pytest.param({"status": 503}, 0, id="503 before"),
    pytest.param({"timeout_rate": 1}, 0, id="silence before"),
]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """The product gives Vapi ten seconds; a test has fewer."""
    monkeypatch.setattr(placing, "vapi_client_for", lambda org_id: platform_client(timeout_s=0.5))


def lose(clinic, key="key-1", **fault):
    """A call whose answer is lost."""
    clinic.sandbox.spoil(operation="POST /call", times=1, **fault)
    outbound = clinic.call(key)
    clinic.sandbox.heal()
    return outbound


def later(seconds=61):
    return time_machine.travel(now() + timedelta(seconds=seconds), tick=True)


@pytest.mark.parametrize(("fault", "at_vapi"), LOST)
def test_a_lost_answer_is_settled_with_exactly_one_call(clinic, fault, at_vapi):
    outbound = lose(clinic, **fault)

    assert outbound.state == OutboundState.UNKNOWN
    assert "We are finding out" in outbound.problem
    assert len(clinic.at_vapi()) == at_vapi
    assert clinic.call().pk == outbound.pk  # asked again: the same answer, and nothing is done
    assert clinic.asked() == 1
    assert settle(org=clinic.org, outbound_id=outbound.pk) == Settled.WAITS  # too early to believe Vapi's list

    with later():
        assert settle(org=clinic.org, outbound_id=outbound.pk) == (Settled.PLACED if at_vapi else Settled.PLACED_ANEW)
        assert settle(org=clinic.org, outbound_id=outbound.pk) == Settled.BUSY  # nothing is left to do
    (entry,) = clinic.at_vapi()
    wish = clinic.wish()
    assert (wish.state, wish.vapi_call_id, wish.attempt) == (OutboundState.PLACED, entry["id"], 2 - at_vapi)
    assert (wish.call.vapi_call_id, wish.problem, wish.due_at) == (entry["id"], "", None)
    assert len(clinic.rows(Call)) == 1
    assert clinic.call().pk == outbound.pk


def test_what_vapi_never_gets_fails_after_the_second_attempt(clinic):
    outbound = lose(clinic, status=500)
    clinic.sandbox.spoil(operation="POST /call", status=500)
    with later():
        assert settle(org=clinic.org, outbound_id=outbound.pk) == Settled.PLACED_ANEW
        assert clinic.wish().state == OutboundState.UNKNOWN
    with later(125):
        assert settle(org=clinic.org, outbound_id=outbound.pk) == Settled.FAILED

    wish = clinic.wish()
    assert (wish.state, wish.problem, wish.attempt) == (OutboundState.FAILED, "The call was not placed. Try again.", 2)
    assert (wish.call.status, wish.call.outcome) == ("failed", "failed")
    assert clinic.asked() == 2
    with pytest.raises(CallNotPlaced) as again:
        clinic.call()
    assert (again.value.http_status, again.value.message) == (502, "The call was not placed. Try again.")
    assert clinic.audited() == ["call.requested", "call.unconfirmed", "call.unconfirmed", "call.not_placed"]


def test_nobody_is_rung_long_after_they_were_asked_for(clinic):
    outbound = lose(clinic, status=500)
    with later(301):
        assert settle(org=clinic.org, outbound_id=outbound.pk) == Settled.FAILED
    assert clinic.asked() == 1


@pytest.mark.parametrize(
    ("model", "change", "code"),
    [
        (Contact, {"opted_out_at": "2026-11-20T10:00Z"}, "opted_out"),
        (Agent, {"mode": "off"}, "agent_off"),
    ],
)
def test_a_second_attempt_follows_the_rules_of_its_own_moment(clinic, model, change, code):
    outbound = lose(clinic, status=500)
    clinic.change(model, **change)
    with later():
        assert settle(org=clinic.org, outbound_id=outbound.pk) == Settled.FAILED

    wish = clinic.wish()
    assert (wish.state, wish.problem_code) == (OutboundState.FAILED, code)
    assert wish.problem.startswith("The call was not placed. ")
    assert clinic.asked() == 1


def test_vapi_away_while_it_is_asked_leaves_everything_open(clinic):
    outbound = lose(clinic, status=500, after_work=True)
    clinic.sandbox.spoil(status=503)
    with later():
        assert settle(org=clinic.org, outbound_id=outbound.pk) == Settled.WAITS
    assert clinic.wish().state == OutboundState.UNKNOWN
    clinic.sandbox.heal()
    with later(400):  # however long it took: what was placed is found
        assert settle(org=clinic.org, outbound_id=outbound.pk) == Settled.PLACED


def test_a_call_without_its_metadata_is_found_by_its_name(clinic):
    outbound = lose(clinic, status=500, after_work=True)
    found = clinic.at_vapi()[0]
    listed = VapiClient.list_calls

    def bare(self, **options):
        own = {"assistantOverrides": None, "name": f"voxanne {outbound.pk.hex}"}
        return [{**entry, **own} for entry in listed(self, **options)]

    with pytest.MonkeyPatch.context() as patch, later():
        patch.setattr(VapiClient, "list_calls", bare)
        assert settle(org=clinic.org, outbound_id=clinic.wish().pk) == Settled.PLACED
    assert clinic.wish().vapi_call_id == found["id"]


def test_the_sweeper_finds_what_is_due_and_wakes_its_settling(clinic, monkeypatch):
    woken = []
    monkeypatch.setattr("calls.tasks.wake", lambda task, *ids: woken.append((task.name, *ids)))
    outbound = lose(clinic, status=500, after_work=True)

    assert sweep_outbound_calls() == 0
    with later():
        assert sweep_outbound_calls() == 1
        assert sweep_outbound_calls() == 0  # its next look has moved on
    assert woken == [("calls.tasks.settle_outbound_call", str(clinic.org.pk), str(outbound.pk))]
    with later(130):
        assert claim_due() == [(clinic.org.pk, outbound.pk)]


def test_workers_at_once_settle_once(clinic):
    outbound = lose(clinic, status=500)
    start, outcomes = threading.Barrier(6), []

    def work():
        start.wait()
        try:
            outcomes.append(settle(org=clinic.org, outbound_id=outbound.pk))
        finally:
            connections.close_all()

    with later():
        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(outcomes) == sorted([Settled.PLACED_ANEW] + [Settled.BUSY] * 5)
    assert len(clinic.at_vapi()) == 1


def test_a_double_click_of_twenty_rings_once_and_answers_all_alike(clinic):
    clinic.sandbox.spoil(operation="POST /call", latency_ms=150)
    start, got = threading.Barrier(20), []

    def click():
        start.wait()
        try:
            outbound = clinic.call("one click")
            got.append((outbound.pk, outbound.state, outbound.vapi_call_id))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 20
    assert set(got) == {(clinic.wish().pk, OutboundState.PLACED, clinic.at_vapi()[0]["id"])}
    assert clinic.asked() == len(clinic.rows(Call)) == len(clinic.at_vapi()) == 1


def test_who_slept_through_the_claim_leaves_the_call_to_the_reconciler(clinic, monkeypatch):
    order_call = placing.order_call

    def sleep_long(**options):
        clinic_clock.shift(timedelta(seconds=31))
        return order_call(**options)

    monkeypatch.setattr(placing, "order_call", sleep_long)
    monkeypatch.setattr(placing, "WAIT_FOR_OTHER_S", 0.2)
    with time_machine.travel(now(), tick=True) as clinic_clock:
        assert clinic.call().state == OutboundState.CLAIMED
        assert clinic.asked() == 0
        clinic_clock.shift(timedelta(seconds=31))
        assert settle(org=clinic.org, outbound_id=clinic.wish().pk) == Settled.PLACED_ANEW
    assert clinic.asked() == len(clinic.at_vapi()) == 1


REFUSALS = [
    (400, "refused", "Check the agent and its number"),
    (401, "unauthorized", "does not accept the key"),
    (402, "out_of_credit", "no credit left. Our team has to act."),
    (404, "unknown_at_vapi", "does not know this agent or its number"),
    (429, "vapi_busy", "Wait a minute, then call again."),
]


@pytest.mark.parametrize(("status", "code", "words"), REFUSALS)
def test_a_refusal_is_told_at_once_with_its_own_reason(clinic, status, code, words):
    clinic.sandbox.spoil(operation="POST /call", status=status)
    for _ in range(2):  # the same key gets the same answer
        with pytest.raises(CallNotInitiated) as refused:
            clinic.call()

    assert refused.value.http_status == 502
    assert refused.value.message == (
        "Failed to initiate call. Please verify your agent is configured correctly in Agent Settings."
    )
    wish = clinic.wish()
    assert (wish.state, wish.problem_code) == (OutboundState.FAILED, code)
    assert words in wish.problem
    assert (wish.call.status, wish.call.outcome, wish.call.ended_reason) == (
        "failed", "failed", "call-start-error-not-placed",
    )  # fmt: skip
    assert clinic.asked() == 1
    assert clinic.audited() == ["call.requested", "call.not_placed"]
    with later():
        assert claim_due() == []


def test_an_assistant_that_is_gone_at_vapi_is_a_refusal_and_stays_gone(clinic):
    clinic.sandbox.vapi("DELETE", f"/assistant/{clinic.agent().vapi_assistant_id}")
    made = len(clinic.sandbox.requests_to_vapi("POST", "/assistant"))

    with pytest.raises(CallNotInitiated):
        clinic.call()
    assert len(clinic.sandbox.requests_to_vapi("POST", "/assistant")) == made
    assert clinic.wish().state == OutboundState.FAILED


def test_a_timeout_that_a_proxy_reports_is_no_refusal(clinic, monkeypatch):
    def proxy(self, **options):
        raise self._error(answer(408), "create_outbound_call")

    def answer(status):
        response = requests.Response()
        response.status_code = status
        return response

    monkeypatch.setattr(VapiClient, "create_outbound_call", proxy)
    assert clinic.call().state == OutboundState.UNKNOWN


def test_an_answer_without_an_id_is_no_answer(clinic, monkeypatch):
    monkeypatch.setattr(VapiClient, "create_outbound_call", lambda self, **options: {})
    assert clinic.call().state == OutboundState.UNKNOWN


def test_no_error_of_vapis_leaves_the_service_as_it_came(clinic):
    for status in (400, 401, 402, 403, 404, 409, 422, 429, 500, 502, 503, 504):
        clinic.sandbox.spoil(operation="POST /call", status=status)
        try:
            clinic.call(f"key-{status}", number=f"+447700900{status}", purpose=OutboundPurpose.CAMPAIGN)
        except ProviderError:
            pytest.fail(f"{status} came through")
        except CallNotInitiated:
            continue
    states = {row.idempotency_key: row.state for row in clinic.rows(OutboundCall)}
    assert {key for key, state in states.items() if state == OutboundState.UNKNOWN} == {
        "key-500", "key-502", "key-503", "key-504",
    }  # fmt: skip
