"""Vapi speaks of a call before its answer is written down: one call stays one row, in every order."""

import pytest
from django.test import Client

from calls.models import Call, OutboundState, ToolInvocation, TranscriptLine
from calls.outbound.records import record_failed, record_placed
from calls.outbound.words import NOT_PLACED
from calls.processing import process_pending
from calls.tests import payloads
from calls.tests.conftest import WEBHOOK
from calls.tests.outbound.conftest import PHONE
from credentials.service import credential_service
from orgs.actors import Actor
from orgs.scope import org_scope
from providers.vapi.client import VapiClient

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deliver(clinic, monkeypatch):
    """Deliver a message of Vapi's about the outbound call and work it off."""
    monkeypatch.setattr("orgs.tasks.wake", lambda *args, **kwargs: True)
    secret = credential_service.ensure_vapi_webhook_secret(clinic.org).webhook_secret.reveal()

    def post(body, *, overrides, where="assistantOverrides"):
        call = body["message"]["call"]
        call |= {"type": "outboundPhoneCall", "assistantId": clinic.agent().vapi_assistant_id}
        call["customer"] = body["message"]["customer"] = {"number": PHONE, "name": "Ana Reyes"}
        metadata = (overrides or {}).get("metadata", {})
        call |= {"assistantOverrides": {"metadata": metadata}} if where == "assistantOverrides" else {where: metadata}
        answer = Client().post(WEBHOOK, body, content_type="application/json", headers={"X-Vapi-Secret": secret})
        assert answer.status_code == 200
        with org_scope(clinic.org):
            process_pending(org=clinic.org, vapi_call_id=call["id"])

    return post


@pytest.fixture
def interrupted(clinic, monkeypatch):
    """`interrupted(act)`: while the call is placed, Vapi does `act(id, overrides)` before it answers."""
    place = VapiClient.create_outbound_call

    def run(act, *, lose_answer=False):
        def placing(self, **options):
            answer = place(self, **options)
            act(answer["id"], options["overrides"])
            return {} if lose_answer else answer

        with monkeypatch.context() as patch:
            patch.setattr(VapiClient, "create_outbound_call", placing)
            return clinic.call()

    return run


def status(call_id, word):
    return payloads.status(word, call_id=call_id)


@pytest.mark.parametrize("where", ["assistantOverrides", "metadata"])
@pytest.mark.parametrize("lose_answer", [False, True])
def test_a_status_that_comes_before_the_answer(clinic, interrupted, deliver, where, lose_answer):
    outbound = interrupted(
        lambda call_id, overrides: deliver(status(call_id, "ringing"), overrides=overrides, where=where),
        lose_answer=lose_answer,
    )

    (call,) = clinic.rows(Call)
    assert (outbound.state, outbound.vapi_call_id) == (OutboundState.PLACED, clinic.at_vapi()[0]["id"])
    assert (call.pk, call.vapi_call_id, call.status) == (outbound.call_id, outbound.vapi_call_id, "ringing")
    assert (call.contact_id, call.agent_id, call.call_type) == (clinic.ana.pk, clinic.agent().pk, "outbound")
    assert clinic.audited() == ["call.requested", "call.placed"]


def test_a_whole_call_before_the_answer(clinic, interrupted, deliver):
    def live_through(call_id, overrides):
        for word in ("ringing", "in-progress"):
            deliver(status(call_id, word), overrides=overrides)
        deliver(payloads.report(call_id=call_id), overrides=overrides)

    outbound = interrupted(live_through)
    (call,) = clinic.rows(Call)
    assert (call.pk, call.status, call.outcome) == (outbound.call_id, "completed", "completed")
    assert (call.caller_name, call.phone_number) == ("Ana Reyes", PHONE)


def test_a_tool_call_before_the_answer(clinic, interrupted, deliver):
    def ask(call_id, overrides):
        deliver(
            payloads.tool_call("checkAvailability", {"date": "2026-11-24"}, call_id=call_id),
            overrides=overrides,
        )

    outbound = interrupted(ask)
    (call,) = clinic.rows(Call)
    assert call.pk == outbound.call_id
    assert [row.call_id for row in clinic.rows(ToolInvocation)] == [call.pk]


def test_messages_without_our_metadata_make_no_second_call(clinic, interrupted, deliver):
    outbound = interrupted(lambda call_id, _: deliver(status(call_id, "ringing"), overrides=None))

    (call,) = clinic.rows(Call)
    assert (outbound.state, outbound.call_id) == (OutboundState.PLACED, call.pk)
    assert (call.status, call.contact_id, call.agent_id) == ("ringing", clinic.ana.pk, clinic.agent().pk)


@pytest.mark.parametrize("with_metadata", [True, False])
@pytest.mark.parametrize("answered_after", range(8))
def test_whenever_the_answer_is_written_down_the_call_is_the_same(clinic, deliver, answered_after, with_metadata):
    outbound = lost_answer(clinic)
    (entry,) = clinic.at_vapi()
    overrides = entry["assistantOverrides"] if with_metadata else None
    for number, event in enumerate(payloads.seven_events(entry["id"])):
        if number == answered_after:
            written_down(clinic, outbound, entry["id"])
        deliver(event, overrides=overrides)
    written_down(clinic, outbound, entry["id"])

    (call,) = clinic.rows(Call)
    assert (clinic.wish().call_id, clinic.wish().state) == (call.pk, OutboundState.PLACED)
    assert (call.status, call.outcome, call.duration_seconds) == ("completed", "completed", 216)
    assert (call.call_type, call.contact_id, call.agent_id) == ("outbound", clinic.ana.pk, clinic.agent().pk)
    assert len(clinic.rows(TranscriptLine)) == 3


def lost_answer(clinic):
    clinic.sandbox.spoil(operation="POST /call", status=500, after_work=True)
    return clinic.call()


def written_down(clinic, outbound, vapi_call_id):
    with org_scope(clinic.org):
        record_placed(
            org=clinic.org, outbound_id=outbound.pk, vapi_call_id=vapi_call_id, actor=Actor.system(clinic.org.pk)
        )


def test_a_call_given_up_too_early_comes_back_to_life(clinic, deliver):
    outbound = lost_answer(clinic)
    with org_scope(clinic.org):
        record_failed(org=clinic.org, attempted=outbound, problem=NOT_PLACED)
    assert clinic.wish().call.status == "failed"

    (entry,) = clinic.at_vapi()
    deliver(status(entry["id"], "in-progress"), overrides=entry["assistantOverrides"])
    wish = clinic.wish()
    assert (wish.state, wish.problem, wish.vapi_call_id) == (OutboundState.PLACED, "", entry["id"])
    assert (wish.call.status, wish.call.outcome, wish.call.ended_reason) == ("in-progress", "", "")


def test_a_second_call_for_one_wish_is_never_taken_for_the_first(clinic):
    outbound = clinic.call()
    written_down(clinic, outbound, "another")

    assert clinic.wish().vapi_call_id == outbound.vapi_call_id
    assert clinic.audited()[-1] == "call.placed_twice"


def test_anothers_wish_is_not_touched_by_a_message(clinic, south, deliver, working_for):
    outbound = clinic.call()
    stranger = {"metadata": {"outbound_call_id": "01a1f903-c518-7684-b43a-ef48163d4d1a"}}
    deliver(status("unknown-call", "ringing"), overrides=stranger)

    assert len(clinic.rows(Call)) == 2
    assert clinic.wish().vapi_call_id == outbound.vapi_call_id
