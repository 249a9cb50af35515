"""`check_contracts` against a running backend: every tool in every form, nothing left behind, deviations found."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from calls.contract_rules import find_deviations
from calls.ingress import trials
from calls.models import Call, ToolInvocation
from calls.tests import payloads
from calls.tests.conftest import connect
from calls.tools import dispatch
from calls.tools.registry import TOOLS
from contacts.models import Contact
from orgs.models import AuditEntry
from orgs.scope import service_tx
from providers.backend.client import BackendAnswer
from scheduling.models import Appointment
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running(north, live_server):
    """A backend that runs, and a clinic whose assistant it knows."""
    connect(north)
    return live_server.url


def run(*args):
    out = StringIO()
    try:
        call_command("check_contracts", *args, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), ended.code
    return out.getvalue(), 0


def traces():
    with service_tx("test"):
        counted = [model.across_orgs.count() for model in (Appointment, Call, Contact, ToolInvocation)]
        return [*counted, AuditEntry.objects.count()]


def test_every_tool_answers_every_form_and_nothing_stays(running, north):
    before = traces()
    printed, code = run("--org", north.slug, "--url", running, "--json")

    report = json.loads(printed)
    assert (code, report["wrong"], report["tried"]) == (0, 0, len(TOOLS) * 4 * 2)
    codes = {(item["tool"], item["code"]) for item in report["answers"]}
    assert ("bookClinicAppointment", "success") in codes
    assert ("checkAvailability", "success") in codes
    assert len({(item["tool"], item["form"], item["address"]) for item in report["answers"]}) == report["tried"]
    assert traces() == before


def test_in_words(running):
    printed, code = run("--url", running)

    assert code == 0
    assert "bookClinicAppointment: 8 success" in printed
    assert f"{len(TOOLS) * 8} answers, 0 wrong" in printed


def test_a_deviation_is_named(running, monkeypatch):
    real = dispatch.reply

    def broken(answers):
        answer = real(answers)
        return {**answer, "results": [{**answer["results"][0], "result": "two\nlines"}]}

    monkeypatch.setattr(dispatch, "reply", broken)
    printed, code = run("--url", running)

    assert code == 1
    assert "WRONG checkAvailability, function with object, /api/vapi/webhook: `result` has more than one" in printed


def test_a_backend_that_knows_no_trials_is_asked_for_nothing_that_books(running, monkeypatch):
    monkeypatch.setattr("calls.api.webhooks.is_trial", lambda request, org_id: False)
    with pytest.raises(CommandError, match="does not know trials"):
        run("--url", running)
    with service_tx("test"):
        assert Appointment.across_orgs.count() == 0


def test_a_clinic_without_an_assistant(north, live_server):
    with pytest.raises(CommandError, match="no inbound assistant"):
        run("--url", live_server.url)


def test_nobody_home(north):
    connect(north)
    with pytest.raises(CommandError, match="does not answer"):
        run("--url", "http://127.0.0.1:9")
    with pytest.raises(CommandError, match="no organisation nobody"):
        run("--org", "nobody")


def book(line, trial_pass):
    arguments = {"start": "2030-01-01T10:00", "name": "Ana Reyes"}
    body = payloads.tool_call("bookClinicAppointment", arguments, call_id="c1", tool_call_id="t1",
                              assistant_id=line.assistant_id)  # fmt: skip
    headers = {"X-Vapi-Secret": line.secret, **({trials.HEADER: trial_pass} if trial_pass is not None else {})}
    return Client().post("/api/vapi/webhook", json.dumps(body), content_type="application/json", headers=headers)


@pytest.mark.parametrize("forged", ["", "forged", "00000000-0000-4000-8000-000000000000:1:x"])
def test_a_forged_pass_is_refused_and_nothing_done(line, forged):
    before = traces()
    assert book(line, forged).status_code == 403
    assert traces() == before


def test_another_clinics_or_an_old_pass_is_refused(line, other_line):
    before = traces()
    assert book(line, trials.issue_pass(other_line.org.pk)).status_code == 403
    old = trials.issue_pass(line.org.pk)
    assert book(line, old)[trials.HEADER] == trials.TAKEN_BACK
    with time_machine.travel(now() + timedelta(seconds=trials.VALID_S + 1), tick=True):
        assert book(line, old).status_code == 403
    assert traces() == before


def test_a_pass_opens_no_door(line):
    """The proof is asked for all the same."""
    body = payloads.tool_call("checkAvailability", {}, call_id="c1", tool_call_id="t1", assistant_id=line.assistant_id)
    headers = {trials.HEADER: trials.issue_pass(line.org.pk)}
    answer = Client().post("/api/vapi/webhook", json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code == 401


def test_without_a_pass_it_is_in_earnest(line):
    assert trials.HEADER not in book(line, None).headers
    with service_tx("test"):
        assert ToolInvocation.across_orgs.count() == 1


def good(**changes):
    content = {"success": True, "message": "Done."}
    return {
        "results": [{"toolCallId": "t", "name": "x", "result": "Done."}],
        "toolResult": {"content": json.dumps(content)},
        "speech": "Done.",
        **changes,
    }


def content(**values):
    return {"toolResult": {"content": json.dumps(values)}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (good(), ""),
        (good(results=[]), "not a list of one"),
        (good(results={}), "not a list of one"),
        (good(results=[{"toolCallId": "u", "name": "x", "result": "Done."}]), "toolCallId"),
        (good(results=[{"toolCallId": "t", "name": "y", "result": "Done."}]), "`name`"),
        (good(results=[{"toolCallId": "t", "name": "x", "result": {"a": 1}}]), "not a text"),
        (good(results=[{"toolCallId": "t", "name": "x", "result": "a\nb"}], speech="a\nb"), "more than one line"),
        (good(speech="Other."), "differs"),
        (good(toolResult={"content": {"success": True}}), "not the JSON text"),
        (good(toolResult=None), "not the JSON text"),
        (good(**content(success="yes", message="m")), "neither true nor false"),
        (good(**content(success=True)), "`message` is missing"),
        (good(**content(success=False, message="m")), "without a `code`"),
        (good(**content(success=False, message="m", code="bad_arguments")), "could not use its own payload"),
        (good(**content(success=True, message="m", slots=[{"start": "x"}])), "`slots` lacks"),
        (good(**content(success=False, message="m", code="slot_taken", alternatives=["x"])), "`alternatives` lacks"),
        ([], "not a JSON object"),
    ],
)
def test_what_an_answer_must_be(body, words):
    answer = BackendAnswer(status=200, headers={trials.HEADER: trials.TAKEN_BACK}, body=body)
    found = find_deviations(answer, tool="x", tool_call_id="t")

    assert bool(found) is bool(words)
    assert words in "; ".join(found)


def test_status_and_trial_count_too():
    assert find_deviations(BackendAnswer(500, {}, None), tool="x", tool_call_id="t") == ["status 500 instead of 200"]
    assert find_deviations(BackendAnswer(200, {}, good()), tool="x", tool_call_id="t") == ["it was not taken back"]
