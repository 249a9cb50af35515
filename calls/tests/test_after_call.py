"""What a call came to: its value, the lead's stage and score, the hot-lead alert. Replayed it changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from calls.models import Call, WebhookEvent
from calls.tasks import rescore_leads, sweep_leads
from calls.tests import payloads
from calls.tests.conftest import connect
from contacts.models import Contact, LeadScore, LeadStatus, Service, StaffTask, TaskKind
from contacts.scores import latest_score, rescore_soon
from orgs.models import IntegrationSettings
from scheduling.tests.factories import make_appointment
from telephony.models import Message, OptOut
from telephony.tests.texting import connect_twilio
from voxanne.clock import now

pytestmark = pytest.mark.django_db
ALERT = "+447700900999"
CALLED = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(CALLED, tick=True):
        yield


def report(line, call_id="c1", *, said="", **fields):
    """A full report in which the caller said that; without any words that of a booking wish for Botox."""
    body = payloads.report(call_id=call_id, assistant_id=line.assistant_id)
    if said:
        body["message"]["artifact"]["messages"] = [{"role": "user", "message": said, "secondsFromStart": 2.0}]
        outputs = body["message"]["artifact"]["structuredOutputs"]
        for output in outputs.values():
            output["result"] = {"booking_intent": False, "call_sentiment": "neutral"}.get(
                output["name"], output["result"]
            )
    body["message"].update(fields)
    return body


@pytest.fixture
def end(line, deliver, working_for):
    """End a call and give its row."""

    def run(call_id="c1", **facts):
        deliver(report(line, call_id, **facts))
        with working_for(line.org):
            return Call.objects.get(vapi_call_id=call_id)

    return run


def contact_of(org, working_for):
    with working_for(org):
        return Contact.objects.get()


def choose(org, working_for, **choices):
    with working_for(org):
        IntegrationSettings.objects.update(**choices)


@pytest.fixture
def fallback(line, working_for):
    return lambda value: choose(line.org, working_for, fallback_value_minor=value)


@pytest.mark.parametrize(
    ("said", "pounds", "matched"),
    [
        ("", 400, [("Botox", True)]),
        ("How much is a face lift? And Botox?", 8000, [("Botox", False), ("Facelift", False)]),
        ("I'd like Botox and fillers.", 900, [("Botox", True), ("Fillers", True)]),
        ("I don't want Botox.", 50, []),
        ("Are you open on Sunday?", 50, []),
    ],
)
def test_a_call_is_worth_what_was_named_in_it_or_the_fallback(end, fallback, said, pounds, matched):
    fallback(5000)
    call = end(said=said)

    assert call.financial_value == pounds * 100
    assert [(one["name"], one["wanted"]) for one in call.matched_services] == matched


def test_without_a_fallback_or_any_words_a_call_is_worth_nothing(end, line, deliver, working_for):
    assert end(said="Are you open?").financial_value is None
    choose(line.org, working_for, fallback_value_minor=5000)
    deliver(payloads.stub_report(call_id="c2", assistant_id=line.assistant_id))
    with working_for(line.org):
        assert Call.objects.get(vapi_call_id="c2").financial_value is None


def test_a_price_that_changed_later_leaves_past_calls_alone(end, line, working_for):
    call = end()
    with working_for(line.org):
        Service.objects.update(price_minor=1)
        call.refresh_from_db()
    assert call.financial_value == 40_000


def test_the_caller_becomes_a_scored_lead(end, line, working_for):
    call = end()
    contact = contact_of(line.org, working_for)

    assert (contact.lead_status, contact.lead_score, contact.lead_temperature) == ("contacted", 81, "hot")
    assert contact.service_interests == ["Botox"]
    assert contact.last_contacted_at >= call.ended_at
    with working_for(line.org):
        score = latest_score(contact.pk)
    assert (score.score, score.call_id, sum(reason.points for reason in score.why)) == (81, call.pk, 81)
    assert [reason.why for reason in score.why][:2] == ["Every lead starts here", "Wants to book"]


def test_a_booked_visit_makes_the_stage_booked(line, working_for, end, deliver):
    deliver(payloads.status("in-progress", call_id="c1", at=2, assistant_id=line.assistant_id))
    with working_for(line.org):
        service = Service.objects.get(name="Fillers")
        make_appointment(CALLED + timedelta(days=4), call_id=Call.objects.get().pk, service=service)
    call = end(said="How much is a facelift?")

    assert (call.booking_confirmed, call.lead_stage, call.financial_value) == (True, "booked", 50_000)
    assert contact_of(line.org, working_for).lead_status == "booked"


@pytest.mark.parametrize("said", ["I'm not interested, thanks.", "Sorry, I have changed my mind"])
def test_who_declines_is_lost(end, line, working_for, said):
    assert end(said=said).lead_stage == LeadStatus.LOST
    contact = contact_of(line.org, working_for)
    assert (contact.lead_status, contact.lead_score) == ("lost", 20)


def test_two_calls_that_failed_lose_a_lead_and_one_does_not(end, line, working_for):
    assert end("c1", endedReason="pipeline-error-openai-llm-failed").lead_stage == "contacted"
    with time_machine.travel(CALLED + timedelta(minutes=5), tick=True):
        assert end("c2", endedReason="pipeline-error-openai-llm-failed").lead_stage == "lost"
    assert contact_of(line.org, working_for).lead_status == "lost"


def test_a_withheld_number_is_scored_for_nobody(line, deliver, working_for):
    body = report(line)
    body["message"]["call"]["customer"] = body["message"]["customer"] = {"number": "anonymous"}
    deliver(body)
    with working_for(line.org):
        assert (Call.objects.get().financial_value, Contact.objects.count(), LeadScore.objects.count()) == (
            40_000,
            0,
            0,
        )


def rows(org, working_for):
    """Everything that a replay must leave as it is."""
    columns = ("lead_stage", "financial_value", "matched_services", "contact_id")
    with working_for(org):
        kept = [list(model.objects.order_by("pk").values()) for model in (Contact, LeadScore, Message, StaffTask)]
        return [*kept, list(Call.objects.order_by("pk").values(*columns))]


def test_replaying_the_inbox_twice_changes_nothing(end, line, working_for, django_capture_on_commit_callbacks):
    connect_twilio(line.org)
    choose(line.org, working_for, hot_lead_alert_phone=ALERT)
    end("c1", said="I'd like a facelift")
    end("c2")
    before = rows(line.org, working_for)
    for _ in range(2):
        with working_for(line.org):
            WebhookEvent.objects.update(processed_at=None, attempts=0, next_attempt_at=now())
        for call_id in ("c2", "c1"):
            assert line.work_off(call_id) == 1
    assert rows(line.org, working_for) == before


def test_the_team_has_the_last_word_until_the_next_call(end, line, working_for):
    end("c1", said="I'm not interested.")
    with working_for(line.org):
        Contact.objects.update(lead_status="new")
        WebhookEvent.objects.update(processed_at=None, attempts=0, next_attempt_at=now())
    line.work_off("c1")
    assert contact_of(line.org, working_for).lead_status == "new"
    end("c2")
    assert contact_of(line.org, working_for).lead_status == "contacted"


def test_a_report_that_comes_late_does_not_undo_a_newer_calls_stage(line, deliver, end, working_for):
    deliver(payloads.status("in-progress", call_id="older", at=2, assistant_id=line.assistant_id))
    with time_machine.travel(CALLED + timedelta(hours=1), tick=True):
        end("newer", said="No, I'm not interested.")
        end("older", said="How much is Botox?")
    assert contact_of(line.org, working_for).lead_status == "lost"


def test_a_standing_visit_outlives_a_caller_who_declines_something_else(end, line, working_for):
    end("c1")
    with working_for(line.org):
        contact = Contact.objects.get()
        visit = make_appointment(CALLED + timedelta(days=3), contact=contact)
        Contact.objects.update(lead_status="booked")
    with time_machine.travel(CALLED + timedelta(hours=1), tick=True):
        end("c2", said="Fillers? No, I'm not interested.")
        assert contact_of(line.org, working_for).lead_status == "booked"
    with working_for(line.org):
        type(visit).objects.update(status="cancelled")
    with time_machine.travel(CALLED + timedelta(hours=2), tick=True):
        end("c3", said="I've changed my mind.")
        assert contact_of(line.org, working_for).lead_status == "lost"


def alerts(org, working_for):
    with working_for(org):
        return list(Message.objects.order_by("created_at")), list(StaffTask.objects.filter(kind=TaskKind.HOT_LEAD))


def test_a_lead_that_becomes_hot_is_told_of_once_for_ever(end, line, working_for):
    connect_twilio(line.org)
    choose(line.org, working_for, hot_lead_alert_phone=ALERT)
    first = end("c1")
    (message,), found_tasks = alerts(line.org, working_for)

    assert (message.recipient, message.purpose, message.counts_to_limit) == (ALERT, "alert", False)
    assert message.content.startswith("Hot lead: 81 out of 100.")
    assert f"/dashboard/calls/{first.pk}" in message.content
    assert "Ana" not in message.content
    assert found_tasks == []
    with working_for(line.org):
        Message.objects.all().delete()
    end("c2", said="Are you open?")
    end("c3")
    assert alerts(line.org, working_for) == ([], [])


def test_two_leads_that_become_hot_within_the_hour_are_two_texts(end, line, deliver, working_for):
    connect_twilio(line.org)
    choose(line.org, working_for, hot_lead_alert_phone=ALERT)
    end("c1")
    other = report(line, "c2")
    other["message"]["call"]["customer"] = other["message"]["customer"] = {"number": "+447700900555"}
    deliver(other)

    assert len(alerts(line.org, working_for)[0]) == 2


def test_a_lead_that_was_hot_before_a_number_was_chosen_is_old_news(end, line, working_for):
    connect_twilio(line.org)
    end("c1")
    choose(line.org, working_for, hot_lead_alert_phone=ALERT)
    end("c2")

    assert alerts(line.org, working_for) == ([], [])


def test_what_the_team_did_itself_is_no_news_to_it(end, line, working_for):
    choose(line.org, working_for, hot_lead_alert_phone=ALERT)
    end("c1", said="How much are fillers?")
    with working_for(line.org):
        contact = Contact.objects.get()
        Contact.objects.update(lead_status="booked")
    rescore_leads(str(line.org.pk), [str(contact.pk)])
    assert contact_of(line.org, working_for).lead_temperature == "hot"
    assert alerts(line.org, working_for) == ([], [])
    end("c2")
    assert len(alerts(line.org, working_for)[1]) == 1


@pytest.mark.parametrize("why", ["not connected", "opted out"])
def test_an_alert_that_cannot_be_texted_is_something_to_do(end, line, working_for, why):
    choose(line.org, working_for, hot_lead_alert_phone=ALERT)
    if why == "opted out":
        connect_twilio(line.org)
        with working_for(line.org):
            OptOut.objects.create(phone_number=ALERT, source="keyword", opted_out_at=now())
    call = end("c1")

    messages, (task,) = alerts(line.org, working_for)
    assert (messages, task.call_id, task.contact_id) == ([], call.pk, contact_of(line.org, working_for).pk)


def test_a_cool_lead_alerts_nobody(end, line, working_for):
    choose(line.org, working_for, hot_lead_alert_phone=ALERT)
    end("c1", said="Are you open?")

    assert alerts(line.org, working_for) == ([], [])


def test_leads_cool_down_by_themselves_and_only_when_it_is_time(end, line, working_for, monkeypatch):
    woken = []
    monkeypatch.setattr("calls.tasks.wake", lambda task, *args: woken.append(args))
    end("c1")
    assert sweep_leads() == 0
    with time_machine.travel(CALLED + timedelta(days=2), tick=True):
        assert (sweep_leads(), sweep_leads()) == (1, 0)
        contact = contact_of(line.org, working_for)
        assert woken == [(str(line.org.pk), [str(contact.pk)])]
        for _ in range(2):
            assert rescore_leads(*woken[0]) == 1
        assert sweep_leads() == 0
        contact = contact_of(line.org, working_for)
    assert (contact.lead_score, contact.rescore_at) == (76, payloads.START + timedelta(days=7, seconds=2))
    with working_for(line.org):
        assert list(LeadScore.objects.order_by("computed_at").values_list("score", "call_id"))[1] == (76, None)


def test_a_lead_that_somebody_changed_is_scored_anew(end, line, working_for):
    end("c1")
    with working_for(line.org):
        contact = Contact.objects.get()
        Contact.objects.update(lead_status="lost")
        rescore_soon(contact.pk)
    assert rescore_leads(str(line.org.pk), [str(contact.pk)]) == 1
    assert contact_of(line.org, working_for).lead_score == 51


def test_a_lead_that_is_gone_is_not_scored(line):
    assert rescore_leads(str(line.org.pk), ["00000000-0000-0000-0000-000000000000"]) == 0


def test_what_follows_a_call_takes_a_constant_number_of_queries(line, end, django_assert_max_num_queries):
    end("c0")
    counts = []
    for call_id, more in (("c1", 0), ("c2", 12)):
        for number in range(more):
            end(f"{call_id}-{number}")
        assert line.post(report(line, call_id)).status_code == 200
        with django_assert_max_num_queries(60) as captured:
            line.work_off(call_id)
        counts.append(len(captured))
    assert counts[1] <= counts[0]


def test_an_alert_that_twilio_did_not_deliver_is_something_to_do(end, line, working_for):
    from contacts.hot_leads import follow_alert

    connect_twilio(line.org)
    choose(line.org, working_for, hot_lead_alert_phone=ALERT)
    call = end("c1")
    (message,), _ = alerts(line.org, working_for)
    with working_for(line.org):
        for status in ("delivered", "undelivered", "failed"):
            message.status = status
            follow_alert(line.org, message)
    _, (task,) = alerts(line.org, working_for)
    assert task.call_id == call.pk


def test_another_clinics_calls_say_nothing_of_a_lead(line, south, deliver, working_for, end):
    other = connect(south)
    assert other.post(report(other, "theirs")).status_code == 200
    other.work_off("theirs")
    end("c1", said="Are you open?")

    assert contact_of(line.org, working_for).lead_score == 50
