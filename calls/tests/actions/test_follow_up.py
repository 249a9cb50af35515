"""Texting whoever was on the line: once for a wish, and refused in plain words."""

import pytest

from calls.models import Call
from calls.tests.actions.test_export import post_json
from orgs.actors import Actor
from orgs.models import Role
from orgs.scope import org_scope, org_tx
from telephony.messaging.opt_outs import opt_out
from telephony.models import OptOutSource
from telephony.tests.hooks import text_in
from telephony.tests.texting import PATIENT, posts, texts_at_twilio, work

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}
WORDS = "Thanks for calling. We have Tuesday at 9."


def api(call):
    return f"/api/calls-dashboard/{call.pk}/followup"


def page(call):
    return f"/dashboard/calls/{call.pk}/follow-up"


def test_the_caller_is_texted_within_the_call(browser, texting, call, messages_of, provider_sandbox):
    answer = post_json(browser, api(call), {"message": WORDS})

    (row,) = messages_of()
    assert answer.json() == {"success": True, "messageId": str(row.pk), "phone": PATIENT}
    assert (row.call_id, row.contact_id, row.purpose, row.method) == (call.pk, call.contact_id, "follow_up", "sms")
    work(texting, row)
    assert [text["body"] for text in texts_at_twilio(provider_sandbox)] == [WORDS]


def test_the_same_key_is_one_text_and_with_other_words_refused(browser, texting, call, messages_of):
    first, again = (post_json(browser, api(call), {"message": WORDS}, key="k1") for _ in range(2))
    other = post_json(browser, api(call), {"message": "Else"}, key="k1")

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_used")
    assert len(messages_of()) == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 161])
def test_empty_and_long_texts_are_refused(browser, texting, call, messages_of, text):
    answer = post_json(browser, api(call), {"message": text})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["message"])
    assert browser.post(page(call), {"message": text, "key": "k"}, headers=HTMX).status_code == 422
    assert messages_of() == []


def test_160_characters_of_any_script_go_out(browser, texting, call, messages_of):
    assert post_json(browser, api(call), {"message": "é😀" * 80}).status_code == 200
    assert messages_of()[0].segments > 1


def test_a_line_break_is_one_character_as_people_count(browser, texting, call, messages_of):
    words = "\r\n".join(["x" * 52] * 3) + "yy"

    assert browser.post(page(call), {"message": words, "key": "k"}, headers=HTMX).status_code == 204
    assert messages_of()[0].content == words.replace("\r", "")


def test_without_twilio_it_says_so_in_the_words_of_the_contract(browser, north, call):
    answer = post_json(browser, api(call), {"message": WORDS})

    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["code"]) == ("Twilio not configured", "twilio_not_configured")
    assert "Connect it in Integrations" in browser.get(page(call), headers=HTMX).text


def test_an_account_that_cannot_be_read_is_told_without_details(browser, texting, call, working_for):
    from credentials.models import OrgCredential
    from voxanne.expiring_cache import clear_all_caches

    with working_for(texting):
        OrgCredential.objects.update(encrypted_config="broken")
    clear_all_caches()

    answer = post_json(browser, api(call), {"message": WORDS})

    assert (answer.status_code, answer.json()["error"]) == (502, "Failed to send SMS")
    assert "broken" not in answer.text


def test_somebody_who_opted_out_is_left_alone(browser, texting, call, working_for, messages_of):
    with working_for(texting):
        opt_out(org=texting, number=PATIENT, source=OptOutSource.KEYWORD, actor=Actor.system(texting.pk))

    answer = post_json(browser, api(call), {"message": WORDS})

    assert (answer.status_code, answer.json()["code"]) == (409, "opted_out")
    assert "asked not to be texted" in browser.get(page(call), headers=HTMX).text
    assert messages_of() == []


@pytest.mark.parametrize(
    ("number", "code"), [("anonymous", "caller_unreachable"), ("+442079460958", "landline"), ("", "caller_unreachable")]
)
def test_numbers_that_take_no_texts(browser, texting, call, number, code):
    with org_scope(texting), org_tx():
        Call.objects.filter(pk=call.pk).update(phone_number=number, contact=None)

    answer = post_json(browser, api(call), {"message": WORDS})

    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_the_dialog_closes_with_a_toast_and_pressing_twice_is_one_text(browser, texting, call, messages_of):
    form = browser.get(page(call), headers=HTMX)
    assert "160" in form.text
    assert "<html" not in form.text

    answers = [browser.post(page(call), {"message": WORDS, "key": "form-key"}, headers=HTMX) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert "dialog:close" in answers[0]["HX-Trigger"]
    assert "on its way" in answers[0]["HX-Trigger"]
    assert len(messages_of()) == 1


def test_it_works_without_script(browser, texting, call):
    assert "<html" in browser.get(page(call)).text

    answer = browser.post(page(call), {"message": WORDS}, follow=True)

    assert "on its way" in answer.text
    assert WORDS in answer.text


def test_what_became_of_it_stands_in_the_thread(browser, texting, call, messages_of, provider_sandbox):
    post_json(browser, api(call), {"message": WORDS})
    provider_sandbox.spoil(provider="twilio", status=401)
    work(texting, messages_of()[0])

    thread = browser.get(f"/dashboard/calls/{call.pk}/messages", headers=HTMX).text

    assert "does not accept your account" in thread
    assert "Not sent" in thread
    assert len(posts(provider_sandbox)) == 1


def test_an_answer_stands_in_the_thread_and_an_older_text_does_not(browser, texting, call):
    text_in("Sent before", From=PATIENT)
    post_json(browser, api(call), {"message": WORDS})
    text_in("Nine suits me", From=PATIENT)
    text_in("Somebody else", From="+447700900777")

    thread = browser.get(f"/dashboard/calls/{call.pk}/messages", headers=HTMX).text

    assert thread.index("Nine suits me") < thread.index(WORDS)
    assert "Sent before" not in thread
    assert "Somebody else" not in thread


def test_a_member_may_text_and_it_is_in_the_audit_log(texting, call, add_member, sign_in, audited):
    member = add_member(texting, Role.MEMBER)

    assert post_json(sign_in(member), api(call), {"message": WORDS}).status_code == 200
    (entry,) = audited("message.queued")
    assert (entry.actor_user_id, entry.details) == (member.pk, {"channel": "sms", "purpose": "follow_up"})
