"""Identifiers never reach the tables: whatever the message, whatever the order, and again for old calls."""

import itertools
import json
from io import StringIO

import pytest
from django.core.management import call_command

from calls.models import Call, ToolInvocation, TranscriptLine, WebhookEvent
from calls.templatetags.left_out import left_out
from calls.tests import payloads
from calls.tests.factories import add_line, add_tool_call, make_call
from orgs.models import IntegrationSettings

pytestmark = pytest.mark.django_db
CARD, BIRTH = "4242 4242 4242 4242", "3 May 1980"


def spoken_report(line, **fields):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id, **fields)
    artifact = body["message"]["artifact"]
    artifact["messages"] = [
        {"role": "bot", "message": "What is your date of birth?", "secondsFromStart": 1.0},
        {"role": "user", "message": "The third of May.", "secondsFromStart": 3.0},
        {"role": "user", "message": f"And my card is {CARD}.", "secondsFromStart": 5.0},
    ]
    artifact["transcript"] = f"User: my card is {CARD}"
    artifact["structuredOutputs"]["2f1e"]["result"] = f"Ana, born {BIRTH}, pays with {CARD}."
    artifact["structuredOutputs"]["5f1e"]["result"] = f"Payment with {CARD}"
    return body


def kept() -> str:
    """Every word that the tables say of calls, but for the sealed payloads.

    Ids and times are left out: among so many digits any four come up once in a hundred runs.
    """
    tables = [Call.objects.values(), TranscriptLine.objects.values(), ToolInvocation.objects.values()]
    return json.dumps([list(table) for table in tables], default=lambda _: "")


def test_who_says_we_are_on_a_street_decides_whether_it_stays(line, deliver, working_for):
    about, said = {"call_id": "c1", "assistant_id": line.assistant_id}, "We're on 1900 Pine Boulevard."
    report = payloads.report(**about)
    turns = [{"role": role, "message": said, "secondsFromStart": at} for at, role in enumerate(("bot", "user"))]
    report["message"]["artifact"]["messages"] = turns
    live = [payloads.transcript(role, said, at=at, **about) for at, role in enumerate(("assistant", "user"), start=1)]
    for bodies in (live, [report]):
        deliver(*bodies)
        with working_for(line.org):
            lines = TranscriptLine.objects.order_by("ordinal").values_list("text", flat=True)
            assert list(lines) == [said, "We're on [ADDRESS]."]


def test_a_report_is_stored_without_identifiers(line, deliver, working_for):
    deliver(spoken_report(line))
    with working_for(line.org):
        call = Call.objects.get()
        assert call.outcome_summary == "Ana, born [DOB], pays with [CARD]."
        assert call.metadata["reason"] == "Payment with [CARD]"
        lines = TranscriptLine.objects.order_by("ordinal").values_list("text", flat=True)
        assert list(lines) == ["What is your date of birth?", "[DOB].", "And my card is [CARD]."]
        assert "4242" not in kept()
        assert "1980" not in kept()


def test_nothing_of_a_report_is_readable_before_a_worker_has_taken_it(line, working_for):
    line.post(spoken_report(line))
    with working_for(line.org):
        assert "4242" not in kept()
        assert "Ana, born" not in kept()
        assert "4242" not in WebhookEvent.objects.get().payload


def test_live_lines_are_the_same_in_any_order(line, working_for):
    said = [("assistant", "What is your date of birth?", 3), ("user", "The third of May.", 5), ("assistant", "Ok.", 7)]
    for number, order in enumerate(itertools.permutations(said)):
        call_id = f"c{number}"
        same = {"call_id": call_id, "assistant_id": line.assistant_id}
        for role, text, at in order:
            line.post(payloads.transcript(role, text, at=at, **same))
            line.work_off(call_id)
        with working_for(line.org):
            lines = TranscriptLine.objects.filter(call__vapi_call_id=call_id).order_by("ordinal")
            assert [row.text for row in lines] == ["What is your date of birth?", "[DOB].", "Ok."], order


def test_the_callers_own_number_and_the_clinics_stay(line, deliver, working_for):
    body = spoken_report(line)
    body["message"]["artifact"]["messages"] = [
        {"role": "user", "message": "It's oh double seven double oh, nine hundred, one two three."},
        {"role": "bot", "message": "And ours is 020 7946 0101."},
        {"role": "user", "message": "My wife's is 07700 900 555."},
    ]
    deliver(body)
    with working_for(line.org):
        texts = list(TranscriptLine.objects.order_by("ordinal").values_list("text", flat=True))
    assert texts[0].endswith("one two three.")
    assert texts[1:] == ["And ours is 020 7946 0101.", "My wife's is [PHONE]."]


def test_a_clinics_own_words_are_left_out(line, deliver, working_for):
    with working_for(line.org):
        IntegrationSettings.objects.update_or_create(org=line.org, defaults={"health_terms": ["botox"]})
    deliver(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    with working_for(line.org):
        assert Call.objects.get().outcome_summary == "Ana asked about [HEALTH]."


def test_what_tools_were_asked_is_redacted_when_the_call_has_ended(line, deliver, working_for):
    deliver(payloads.status("in-progress", call_id="c1", at=2, assistant_id=line.assistant_id))
    with working_for(line.org):
        call = Call.objects.get()
        asked = {
            "start": "2026-11-24T10:00",
            "dateOfBirth": "3 May 1980",
            "name": "Ana Reyes",
            "email": "ana@example.com",
        }
        told = {
            "speech": "Booked for Tuesday 24 November at 10:00.",
            "content": {"appointmentId": "0190f3a2-1111-7000-8000-123456789012"},
        }
        add_tool_call(call, "bookClinicAppointment", arguments=asked, answer=told)
    deliver(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    with working_for(line.org):
        deed = ToolInvocation.objects.get()
    assert deed.arguments == {**asked, "dateOfBirth": "[DOB]", "email": "[EMAIL]"}
    assert deed.answer == told


def test_a_mood_is_judged_where_vapi_sends_none(line, deliver, working_for):
    body = spoken_report(line)
    body["message"]["artifact"]["structuredOutputs"] = {}
    body["message"]["artifact"]["messages"] = [
        {"role": "user", "message": "This is ridiculous, I want a refund today."}
    ]
    deliver(body)
    with working_for(line.org):
        call = Call.objects.get()
    assert (call.sentiment_label, call.sentiment_source, call.sentiment_urgency) == ("negative", "lexicon", "medium")
    assert 0 <= (call.sentiment_score or 0) < 0.5


def test_vapis_judgement_comes_before_ours(line, deliver, working_for):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    body["message"]["artifact"]["messages"][2]["message"] = "I hate this."
    deliver(payloads.stub_report(call_id="c1", assistant_id=line.assistant_id), body)
    with working_for(line.org):
        call = Call.objects.get()
    assert (call.sentiment_label, call.sentiment_source) == ("positive", "structured_output")
    assert "mood" not in call.facts


def old_call(org):
    facts = {"party": {"number": "+447700900123"}, "report": {"summary": f"Pays with {CARD}.", "at": "2026-01-01"}}
    call = make_call(org, outcome_summary=f"Pays with {CARD}.", facts=facts)
    add_line(call, "What is your card number?", role="assistant", ordinal=0)
    add_line(call, CARD, ordinal=1)
    return call


def test_old_calls_are_redacted_and_it_can_be_taken_up_again(north, south, working_for):
    with working_for(north):
        first, second = old_call(north), old_call(north)
    with working_for(south):
        old_call(south)
    out = StringIO()
    call_command("redact_stored", "--after", str(first.pk), "--org", str(north.pk), "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"calls": 1, "changed": 1, "last": str(second.pk)}
    with working_for(north):
        assert TranscriptLine.objects.filter(text="[CARD]").count() == 1
        assert Call.objects.get(pk=second.pk).outcome_summary == "Pays with [CARD]."
    for changed in (2, 0):
        out = StringIO()
        call_command("redact_stored", "--json", stdout=out)
        assert (json.loads(out.getvalue())["calls"], json.loads(out.getvalue())["changed"]) == (3, changed)
    with working_for(south):
        assert "4242" not in kept()


def test_the_calls_page_says_in_plain_words_what_is_not_kept(line, deliver, sign_in, north_owner, working_for):
    deliver(spoken_report(line))
    with working_for(line.org):
        call = Call.objects.get()
    page = sign_in(north_owner).get(f"/dashboard/calls/{call.pk}").content.decode()
    assert 'And my card is <span class="muted" title="Said in the call and not kept">[card details]</span>.' in page
    assert "[CARD]" not in page


def test_what_a_caller_says_stays_escaped_beside_it():
    assert "<b>" not in left_out("<b>[CARD]</b> [CARDS]")
    assert left_out("<b>[CARD]</b> [CARDS]").endswith("&lt;/b&gt; [CARDS]")
