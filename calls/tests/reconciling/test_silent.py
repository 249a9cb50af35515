"""Calls that began and never reported are asked for until Vapi has told."""

from datetime import timedelta

import pytest

from calls.models import Call
from calls.reconciling import silent
from calls.reconciling.silent import Asked
from calls.tests import payloads
from calls.tests.factories import make_call
from orgs.scope import org_scope, org_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


def hear_status(deaf, entry, value="in-progress"):
    """One message of the call reached us, and nothing after it."""
    deaf.hear(payloads.status(value, call_id=entry["id"]), entry)


def hear_report(deaf, entry):
    told = {key: entry[key] for key in ("endedReason", "startedAt", "endedAt", "cost")}
    summary = {"1": {"name": "call_summary", "result": "Told by Vapi."}}
    body = payloads.envelope("end-of-call-report", call_id=entry["id"])
    artifact = {**entry["artifact"], "structuredOutputs": summary}
    body["message"] |= {**told, "artifact": artifact, "timestamp": round(now().timestamp() * 1000)}
    deaf.hear(body, entry)


def test_a_lost_report_is_fetched_and_closes_the_call(deaf, later):
    entry = deaf.ring()
    hear_status(deaf, entry)
    (before,) = deaf.calls()
    assert (before.status, bool(before.report_due_at)) == ("in-progress", True)

    assert deaf.ask() == [Asked.REPORT]

    (call,) = deaf.calls()
    assert (call.status, call.ended_reason) == ("completed", entry["endedReason"])
    assert call.outcome_summary
    assert call.duration_seconds > 0
    assert float(call.total_cost) == pytest.approx(entry["cost"])
    assert call.report_due_at is None
    with org_scope(deaf.org), org_tx():
        said = list(call.lines.filter(is_final=True).values_list("role", flat=True))
    assert set(said) == {"caller", "assistant"}
    assert deaf.ask() == []


def test_nobody_is_asked_while_the_report_may_still_come(deaf):
    hear_status(deaf, deaf.ring())
    assert deaf.ask() == []


def test_a_call_that_goes_on_is_asked_for_again(deaf, later):
    entry = deaf.ring("stays_silent", waits=False, fast=False)
    hear_status(deaf, entry, "queued")

    assert deaf.ask() == [Asked.GOES_ON]

    (call,) = deaf.calls()
    assert call.is_live
    assert call.report_due_at >= now() + timedelta(minutes=9)


def test_vapis_own_report_that_comes_after_all_counts_and_changes_no_line(deaf, later):
    entry = deaf.ring()
    hear_status(deaf, entry)
    deaf.ask()
    (found,) = deaf.calls()
    hear_report(deaf, entry)

    (call,) = deaf.calls()
    assert [call.outcome_summary, call.status, call.ended_at] == ["Told by Vapi.", found.status, found.ended_at]
    assert [key.rpartition("|")[2] for key in deaf.events() if "report" in key] == ["full", "found"]


def test_what_is_found_after_vapis_own_report_changes_nothing(deaf, later):
    entry = deaf.ring()
    hear_status(deaf, entry)
    hear_report(deaf, entry)
    (told,) = deaf.calls()

    assert silent.ask_about(org=deaf.org, call_ids=[told.pk]) == [Asked.TOLD]

    (call,) = deaf.calls()
    assert call.outcome_summary == "Told by Vapi."
    assert not any("found" in key for key in deaf.events())


def test_a_stub_of_a_call_that_was_answered_is_asked_about_once_more(deaf, later):
    entry = deaf.ring()
    hear_status(deaf, entry)
    deaf.hear(payloads.stub_report(call_id=entry["id"]), entry)
    assert deaf.calls()[0].outcome_summary == ""

    assert deaf.ask() == [Asked.REPORT]
    assert deaf.calls()[0].outcome_summary


def test_a_call_that_vapi_has_forgotten_is_over_when_it_was_last_heard_of(deaf, later):
    entry = deaf.ring()
    hear_status(deaf, entry)
    deaf.at_vapi("DELETE", f"/call/{entry['id']}")
    assert deaf.ask() == [Asked.GOES_ON]  # it may only be late in Vapi's own books

    later.shift(timedelta(hours=2))
    assert deaf.ask() == [Asked.GONE]

    (call,) = deaf.calls()
    assert (call.status, call.ended_reason, call.report_due_at) == ("completed", "call-deleted", None)
    assert deaf.ask() == []


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"drop_rate": 1}])
def test_vapi_away_costs_only_time(deaf, later, settings, fault):
    settings.VAPI_RETRY_DELAYS_S = ()
    hear_status(deaf, deaf.ring())
    deaf.sandbox.spoil(operation="GET /call/{id}", **fault)
    assert deaf.ask() == []
    deaf.sandbox.heal()
    assert deaf.ask() == []  # the next look has moved on

    later.shift(timedelta(minutes=11))
    assert deaf.ask() == [Asked.REPORT]


def test_a_call_that_never_reports_is_asked_about_more_and_more_rarely_and_at_last_no_more(deaf, later):
    entry = deaf.ring()
    hear_status(deaf, entry)
    with org_scope(deaf.org), org_tx():
        call = Call.objects.get()
    for days, hours in ((1, 6), (13, 6), (15, None)):
        call.created_at = now() - timedelta(days=days)
        with org_scope(deaf.org):
            silent._look_again(call)
        due = deaf.calls()[0].report_due_at
        assert (round((due - now()).total_seconds() / 3600) if due else None) == hours


def test_a_wish_that_vapi_has_no_call_for_yet_is_left_to_its_own_reconciler(deaf, later):
    with org_scope(deaf.org), org_tx():
        make_call(deaf.org, vapi_call_id="outbound-1", status="queued", ended_reason="")
        make_call(deaf.org, vapi_call_id="outbound-2", status="failed")

    assert sorted(deaf.ask()) == [Asked.GOES_ON, Asked.TOLD]
    assert deaf.sandbox.requests_to_vapi("GET", "/call") == []
    assert [bool(call.report_due_at) for call in deaf.calls()] == [True, False]
