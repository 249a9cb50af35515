"""`assistant-request`: who is answered with what, and what is written down."""

from datetime import timedelta

import pytest
from django.conf import settings

from calls.ingress.inbox import payload_purpose
from calls.models import Call, UnresolvedWebhook, WebhookEvent
from calls.tests import payloads
from calls.tests.factories import make_call
from calls.tests.routing.conftest import JOHN, NORTH_NUMBER, SOUTH_NUMBER, TRANSFER, request
from contacts.merging import merge_contacts
from contacts.models import Contact
from credentials.sealing import unseal_for_org
from orgs.actors import Actor
from orgs.scope import service_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db
GREETING = (
    "Hi John, thanks for calling North Clinic! This call is recorded so that we can look after you well. "
    "How can I help you today?"
)


def rows(model):
    with service_tx("test"):
        return list(getattr(model, "across_orgs", model.objects).all())


def test_a_known_caller_is_greeted_by_name_and_remembered_for_this_call_only(clinic, working_for):
    john = clinic.know("John Smith", preferences="Prefers mornings")
    with working_for(clinic.org):
        make_call(
            clinic.org, contact=john, phone_number=JOHN, caller_name="John Smith",
            outcome_summary="Asked what Botox costs.", started_at=now() - timedelta(days=3),
        )  # fmt: skip

    answer = clinic.ring()

    assert answer["assistantId"] == clinic.line.assistant_id
    overrides = answer["assistantOverrides"]
    assert overrides["firstMessage"] == GREETING
    assert overrides["metadata"] == {"org_id": str(clinic.org.pk), "agent_id": str(clinic.line.agent.pk)}
    memory = overrides["variableValues"]["callerMemory"]
    assert memory.splitlines()[0] == "Name: John Smith"
    assert memory.splitlines()[1].startswith("Last call: ")
    assert memory.splitlines()[1].endswith(": Asked what Botox costs.")
    assert memory.splitlines()[2] == "Noted by the team: Prefers mornings"
    assert set(overrides) == {"firstMessage", "metadata", "variableValues"}  # never a server, a model or a prompt


def test_an_unknown_caller_gets_everybodys_greeting_and_becomes_a_contact(clinic, working_for):
    body = request(call_id="c1")
    answer = clinic.line.post(body).json()

    assert answer["assistantOverrides"]["variableValues"] == {"callerMemory": ""}
    assert "firstMessage" not in answer["assistantOverrides"]
    assert clinic.line.work_off("c1") == 1
    with working_for(clinic.org):
        contact, call = Contact.objects.get(), Call.objects.get()
    assert (contact.phone, contact.lead_score, contact.lead_temperature) == (JOHN, 40, "warm")
    assert contact.last_contacted_at is not None
    assert (call.status, call.contact_id, call.agent_id) == ("ringing", contact.pk, clinic.line.agent.pk)
    assert (call.phone_number, call.to_number, call.call_type) == (JOHN, NORTH_NUMBER, "inbound")


def test_ringing_again_moves_the_last_contact_on_and_makes_nobody_twice(clinic, working_for):
    long_ago = now() - timedelta(days=30)
    clinic.know("John Smith", last_contacted_at=long_ago)
    for call_id in ("c1", "c2"):
        clinic.ring(call_id=call_id)
        clinic.line.work_off(call_id)

    with working_for(clinic.org):
        assert Contact.objects.get().last_contacted_at > long_ago


def test_the_same_request_again_is_answered_again_and_kept_once(clinic):
    body = request(call_id="c1")
    answers = [clinic.line.post(body).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(rows(WebhookEvent)) == len(rows(Call)) == 1


def test_the_order_of_a_calls_messages_does_not_matter(clinic, working_for):
    same = {"call_id": "c1", "assistant_id": clinic.line.assistant_id}
    clinic.line.post(payloads.report(**same))
    clinic.line.work_off("c1")
    clinic.ring(call_id="c1", caller=payloads.CALLER)
    clinic.line.work_off("c1")

    with working_for(clinic.org):
        call = Call.objects.get()
    assert (call.status, call.outcome_summary) == ("completed", "Ana asked about Botox.")
    assert call.metadata["routed"] == "answered"


def test_a_name_that_a_later_message_brings_is_still_filled_in(clinic, working_for):
    clinic.ring(call_id="c1", caller=payloads.CALLER)
    clinic.line.work_off("c1")
    clinic.line.post(payloads.report(call_id="c1", assistant_id=clinic.line.assistant_id))
    clinic.line.work_off("c1")

    with working_for(clinic.org):
        assert Contact.objects.get().name == "Ana Reyes"


@pytest.mark.parametrize("secret", ["", "wrong", "other clinic's"])
def test_without_the_number_owners_own_secret_nobody_is_answered(clinic, other_clinic, secret):
    clinic.know("John Smith")
    secret = other_clinic.line.secret if secret == "other clinic's" else secret

    answer = clinic.line.post(request(), secret=secret)

    assert answer.status_code == 401
    assert b"John" not in answer.content
    assert rows(WebhookEvent) == rows(Call) == rows(UnresolvedWebhook) == []


def test_the_platforms_secret_does_not_open_a_clinics_number(clinic):
    clinic.know("John Smith")
    answer = clinic.line.post(request(), secret=settings.VAPI_WEBHOOK_SECRET)

    assert answer.json() == {"error": "We are sorry, this number is not in service."}
    assert rows(Call) == []


def test_the_same_number_known_to_two_clinics_is_known_to_each_by_its_own(clinic, other_clinic):
    clinic.know("John Smith", preferences="North only")
    other_clinic.know("Mary Jones", preferences="South only")

    assert clinic.ring()["assistantOverrides"]["firstMessage"] == GREETING
    assert "Mary" in other_clinic.ring()["assistantOverrides"]["firstMessage"]
    assert "South" not in clinic.memory()
    assert "North only" not in other_clinic.memory()


def test_a_number_is_found_by_its_id_at_vapi_too(clinic, working_for):
    from telephony.models import PhoneNumberMapping

    body = request(called="")
    number_id = body["message"]["phoneNumber"]["id"]
    with working_for(clinic.org):
        PhoneNumberMapping.objects.update(vapi_phone_number_id=number_id)

    assert clinic.line.post(body).json()["assistantId"] == clinic.line.assistant_id


def test_what_is_kept_holds_neither_tokens_nor_what_was_remembered(clinic, working_for):
    clinic.know("John Smith")
    clinic.ring(call_id="c1")

    with working_for(clinic.org):
        event = WebhookEvent.objects.get()
        kept = unseal_for_org(clinic.org.pk, purpose=payload_purpose(event.pk), sealed=event.payload)
    assert "not-for-keeping" not in kept
    assert "John" not in kept
    assert "routed" in kept


def test_a_blocked_caller_hears_a_sentence_and_reaches_nobody(clinic, working_for):
    clinic.know("John Smith", blocked_at=now())
    clinic.settle(transfer_phone_number=TRANSFER)

    answer = clinic.ring(call_id="c1")
    assert answer == {"error": "I am sorry, we are not able to take your call."}
    clinic.line.work_off("c1")
    ended = payloads.status("ended", call_id="c1", at=3, endedReason="assistant-request-returned-error")
    ended["message"]["phoneNumber"]["number"] = clinic.number
    ended["message"]["call"]["customer"] = ended["message"]["customer"] = {"number": JOHN}
    clinic.line.post(ended)
    clinic.line.work_off("c1")
    with working_for(clinic.org):
        call = Call.objects.get()
    assert (call.status, call.outcome, call.metadata["routed"]) == ("completed", "no_answer", "blocked")


@pytest.mark.django_db(transaction=True)
def test_an_answer_reads_once_whatever_is_known(clinic, django_assert_num_queries, working_for):
    clinic.ring()
    with django_assert_num_queries(2):  # what decides, and the ringing call, which travels on the side in production
        clinic.ring()
    clinic.know("John Smith", preferences="Prefers mornings")
    clinic.set_agent(mode="after_hours")
    with working_for(clinic.org):
        for _ in range(5):
            make_call(clinic.org, phone_number=JOHN)
    with django_assert_num_queries(2):
        clinic.ring()


def test_what_somebody_changed_is_in_the_very_next_answer(clinic):
    """Of what decides an answer nothing is kept: what a process remembers are secrets and whose a number is."""
    clinic.know("John Smith", preferences="Prefers mornings")
    assert clinic.ring()["assistantOverrides"]["firstMessage"] == GREETING

    clinic.set_agent(first_message="What may I do for you?")
    assert clinic.ring()["assistantOverrides"]["firstMessage"].endswith("What may I do for you?")
    clinic.know("John Smith", preferences="Prefers evenings")
    assert "Prefers evenings" in clinic.memory()
    clinic.know("John Smith", memory_enabled=False)
    assert clinic.memory() == ""
    clinic.know("John Smith", memory_enabled=True)
    clinic.settle(caller_memory_enabled=False, greet_by_name=False)
    assert "firstMessage" not in clinic.ring()["assistantOverrides"]
    clinic.set_agent(mode="off")
    assert "error" in clinic.ring()
    clinic.set_agent(mode="full")
    clinic.know("John Smith", blocked_at=now())
    assert clinic.ring()["error"] == "I am sorry, we are not able to take your call."


def test_a_number_that_leads_to_nobody_we_know_is_out_of_service(clinic):
    answer = clinic.line.post(request(called=SOUTH_NUMBER), secret=settings.VAPI_WEBHOOK_SECRET)
    assert answer.json() == {"error": "We are sorry, this number is not in service."}


def test_somebody_who_was_merged_is_known_by_the_number_that_came_along(clinic, working_for):
    kept, merged = clinic.know("John Smith", phone="+447700900209"), clinic.know("John Smith")
    with working_for(clinic.org):
        merge_contacts(org=clinic.org, kept_id=kept.pk, merged_id=merged.pk, actor=Actor.system(clinic.org.pk))
    assert clinic.ring()["assistantOverrides"]["firstMessage"] == GREETING

    with working_for(clinic.org):
        Contact.objects.update(blocked_at=now())
    assert "assistantId" not in clinic.ring(), "nobody gets round being blocked with another number"
