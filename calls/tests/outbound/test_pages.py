"""The buttons: Call back on a call's page, Call me on an agent's."""

import re

import pytest

from agents.models import Agent, CallDirection
from agents.tests.twilio_accounts import disconnect
from calls.models import Call, OutboundCall, OutboundPurpose
from calls.outbound.selectors import call_button_state
from calls.processing import process_pending
from calls.tests import payloads
from calls.tests.outbound.conftest import PHONE
from contacts.models import Contact
from credentials.service import credential_service
from orgs.models import Role
from orgs.scope import org_scope
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(clinic, north_owner, sign_in):
    return sign_in(north_owner)


@pytest.fixture
def call(clinic, working_for):
    """Ana has called; it is over."""
    with working_for(clinic.org):
        return Call.objects.create(
            vapi_call_id="earlier", call_sid="vapi-earlier", status="completed", outcome="completed",
            phone_number=PHONE, from_number=PHONE, caller_name="Ana Reyes", contact=clinic.ana,
        )  # fmt: skip


def form_on(page):
    """What the call-back form on a page would send."""
    key = re.search(r'name="key" value="(\w+)"', page)
    return {"key": key[1] if key else ""}


def test_the_page_of_a_call_offers_to_call_back_and_does_it_once(clinic, browser, call):
    path = f"/dashboard/calls/{call.pk}"
    page = browser.get(path).text
    assert re.search(r"<button[^>]*btn-primary[^>]*>.*?Call back", page, re.DOTALL)
    sent = form_on(page)

    answers = [browser.post(f"{path}/call-back", sent) for _ in range(2)]  # a double click
    wish = clinic.wish()
    assert [answer.url for answer in answers] == [f"/dashboard/calls/{wish.call_id}"] * 2
    assert clinic.asked() == 1
    assert "Calling Ana Reyes now." in browser.get(answers[0].url).text
    assert form_on(browser.get(path).text) != sent


def test_while_it_rings_the_button_says_so_and_leads_there(clinic, browser, call):
    placed = clinic.call()
    page = browser.get(f"/dashboard/calls/{call.pk}").text

    assert re.search(r"<button[^>]* disabled[^>]*>.*?Call back", page, re.DOTALL)
    assert "A call to this number is under way already." in page
    assert f"/dashboard/calls/{placed.call_id}" in page


def test_htmx_gets_the_button_as_it_is_now_and_a_toast(clinic, browser, call):
    sent = form_on(browser.get(f"/dashboard/calls/{call.pk}").text)
    answer = browser.post(f"/dashboard/calls/{call.pk}/call-back", sent, headers=HTMX)

    assert answer.status_code == 200
    assert '"message": "Calling Ana Reyes now."' in answer["HX-Trigger"]
    assert "under way already" in answer.text
    assert "<html" not in answer.text


def test_a_refusal_is_told_with_what_it_means_and_a_new_key(clinic, browser, call):
    path = f"/dashboard/calls/{call.pk}"
    clinic.sandbox.spoil(operation="POST /call", status=402)
    sent = form_on(browser.get(path).text)
    answer = browser.post(f"{path}/call-back", sent, headers=HTMX)

    assert answer.status_code == 502
    assert "no credit left" in answer["HX-Trigger"]
    assert '"level": "error"' in answer["HX-Trigger"]
    assert form_on(answer.text)["key"] not in {"", sent["key"]}
    failed = browser.get(f"/dashboard/calls/{clinic.wish().call_id}").text
    assert "Ana Reyes was not called" in failed
    assert "no credit left. Our team has to act." in failed

    assert browser.post(f"{path}/call-back", form_on(answer.text)).url == path
    assert "no credit left" in browser.get(path).text


def test_a_lost_answer_is_told_as_such(clinic, browser, call):
    clinic.sandbox.spoil(operation="POST /call", status=500, after_work=True)
    answer = browser.post(f"/dashboard/calls/{call.pk}/call-back", {"key": "k"}, headers=HTMX)

    assert '"level": "warning"' in answer["HX-Trigger"]
    assert "Vapi had a fault." in browser.get(f"/dashboard/calls/{clinic.wish().call_id}").text


@pytest.mark.parametrize(
    ("model", "change", "reason"),
    [
        (Agent, {"call_direction": "inbound", "is_default": False}, "Outbound agent not configured."),
        (Agent, {"mode": "off"}, "This agent is switched off."),
        (Agent, {"vapi_assistant_id": ""}, "This agent is still being set up."),
        (Contact, {"opted_out_at": now()}, "This person has asked not to be called."),
        (Contact, {"blocked_at": now()}, "This contact is blocked."),
        (Contact, {"phone": ""}, "There is no phone number to call."),
    ],
)
def test_the_button_is_disabled_with_its_reason(clinic, working_for, model, change, reason):
    clinic.change(model, **change)
    with working_for(clinic.org):
        state = call_button_state(org=clinic.org, contact=Contact.objects.get())
    assert state.reason.startswith(reason)
    assert state.key


def test_no_account_and_quiet_hours_are_reasons_too(clinic, working_for):
    def reason():
        with working_for(clinic.org):
            return call_button_state(org=clinic.org, contact=clinic.ana).reason

    assert reason() == ""
    clinic.set_rules(quiet_hours_start="00:00", quiet_hours_end="23:59:59")
    assert reason() == "These are quiet hours at the clinic. Calls may go out again from 23:59."
    clinic.set_rules(quiet_hours_start="00:00", quiet_hours_end="00:00")
    disconnect(clinic.org)
    assert reason() == "Connect Twilio for this agent, or for the whole clinic in Integrations."


def test_the_button_takes_the_same_few_queries_whatever_was_called(clinic, working_for, django_assert_max_num_queries):
    def queries():
        with working_for(clinic.org), django_assert_max_num_queries(8) as captured:
            call_button_state(org=clinic.org, contact=clinic.ana)
        return len(captured)

    few = queries()
    for number in range(4):
        clinic.call(f"key-{number}", number=f"+44770090000{number}")
    assert queries() == few


def test_the_new_call_goes_through_the_list_from_queued_to_its_end(clinic, browser, deliver_status):
    placed = clinic.call()

    def shown():
        return browser.get("/dashboard/calls", headers=HTMX).text

    assert "Queued" in shown()
    assert "Calling Ana Reyes" in browser.get(f"/dashboard/calls/{placed.call_id}").text
    for word, badge in (("ringing", "Ringing"), ("in-progress", "Live")):
        deliver_status(placed, word)
        assert badge in shown()
    deliver_status(placed, "ended", endedReason="customer-did-not-answer")
    assert "No answer" in shown()
    assert shown().count("Ana Reyes") == 1


@pytest.fixture
def deliver_status(clinic, browser, monkeypatch):
    monkeypatch.setattr("orgs.tasks.wake", lambda *args, **kwargs: True)
    secret = credential_service.ensure_vapi_webhook_secret(clinic.org).webhook_secret.reveal()

    def deliver(placed, word, **fields):
        ids = {"call_id": placed.vapi_call_id, "assistant_id": placed.vapi_assistant_id}
        body = payloads.report(**ids) if word == "report" else payloads.status(word, **ids, **fields)
        body["message"]["call"]["customer"] = body["message"]["customer"] = {"number": placed.phone_number}
        body["message"]["call"]["type"] = "outboundPhoneCall"
        answer = browser.post(
            "/api/vapi/webhook", body, content_type="application/json", headers={"X-Vapi-Secret": secret}
        )
        assert answer.status_code == 200
        with org_scope(clinic.org):
            process_pending(org=clinic.org, vapi_call_id=placed.vapi_call_id)

    return deliver


def test_a_test_call_makes_nobody_a_contact(clinic, deliver_status):
    placed = clinic.call(number="+447700900555", purpose=OutboundPurpose.TEST_CALL)
    deliver_status(placed, "report")

    (call,) = clinic.rows(Call)
    assert (call.status, call.contact_id) == ("completed", None)
    assert [contact.phone for contact in clinic.rows(Contact)] == [PHONE]


def test_call_me_is_a_page_and_a_dialog(clinic, browser):
    agent = clinic.agent(CallDirection.INBOUND)
    path = f"/dashboard/agents/{agent.pk}/call-me"

    page, fragment = browser.get(path).text, browser.get(path, headers=HTMX).text
    assert "<html" in page
    assert "<html" not in fragment
    for text in (page, fragment):
        assert 'name="phone"' in text
        assert form_on(text)["key"]


def test_call_me_rings_once_also_without_script(clinic, browser):
    agent = clinic.agent(CallDirection.INBOUND)
    path = f"/dashboard/agents/{agent.pk}/call-me"
    sent = {**form_on(browser.get(path).text), "phone": "07700 900555"}

    for _ in range(2):
        assert browser.post(path, sent).url == f"/dashboard/agents/{agent.pk}"
    assert clinic.asked() == 1
    clinic.end_calls()
    answer = browser.post(path, {**sent, "key": "another"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (
        204,
        '{"dialog:close": true, "toast": {"level": "success", "message": "Calling you now."}}',
    )


def test_call_me_says_what_is_wrong_at_the_field_or_above(clinic, browser):
    agent = clinic.agent()
    path = f"/dashboard/agents/{agent.pk}/call-me"
    empty = browser.post(path, {"key": "k"}, headers=HTMX)
    wrong = browser.post(path, {"phone": "12", "key": "k"}, headers=HTMX)
    clinic.change(Contact, opted_out_at=now())
    refused = browser.post(path, {"phone": PHONE, "key": "k"}, headers=HTMX)

    assert [answer.status_code for answer in (empty, wrong, refused)] == [422] * 3
    assert "That phone number cannot be called." in wrong.text
    assert "This person has asked not to be called." in refused.text
    assert form_on(refused.text)["key"] not in {"", "k"}
    assert clinic.rows(OutboundCall) == []


def test_an_agent_that_cannot_call_says_why(clinic, browser):
    clinic.change(Agent, mode="off")
    page = browser.get(f"/dashboard/agents/{clinic.agent().pk}/call-me").text
    assert "This agent is switched off." in page
    assert 'name="phone"' not in page


def test_members_call_back_and_do_not_test(clinic, call, add_member, sign_in, north):
    member = sign_in(add_member(north, Role.MEMBER))

    assert member.get(f"/dashboard/agents/{clinic.agent().pk}/call-me").status_code == 403
    assert "Call back" in member.get(f"/dashboard/calls/{call.pk}").text
