"""`/api/agents/{agent_id}/twilio`, and the page with the same form."""

import uuid

import pytest
from django.utils.html import escape

from agents.models import CallDirection
from agents.tests.twilio_accounts import (
    NUMBER,
    OTHER_NUMBER,
    OTHER_TOKEN,
    SID,
    TOKEN,
    agents_of,
    connect,
    connect_agent,
    numbers_of,
    sync_numbers,
)
from orgs import sessions
from orgs.api.tokens import issue_tokens
from orgs.models import Role

pytestmark = pytest.mark.django_db(transaction=True)
IN, OUT = CallDirection.INBOUND, CallDirection.OUTBOUND
BODY = {"accountSid": SID, "authToken": TOKEN, "phoneNumber": NUMBER}
FORM = {"account_sid": SID, "auth_token": TOKEN, "phone_number": "020 7946 0101"}
NOTHING = {
    "connected": False, "accountSid": None, "phoneNumber": None, "authToken": None, "source": None,
    "syncState": None, "error": "Connect Twilio for this agent, or for the whole clinic in Integrations.",
}  # fmt: skip


@pytest.fixture
def inbound(north):
    return agents_of(north)[IN]


@pytest.fixture
def api(inbound):
    return f"/api/agents/{inbound.pk}/twilio"


@pytest.fixture
def page(inbound):
    return f"/dashboard/agents/{inbound.pk}/line"


def post(browser, path, **changes):
    return browser.post(path, {**BODY, **changes}, content_type="application/json")


def test_it_is_connected_read_and_disconnected(north, north_owner, sign_in, provider_sandbox, api):
    browser = sign_in(north_owner)
    assert browser.get(api).json() == {"success": True, "data": NOTHING}

    saved = post(browser, api)
    assert saved.status_code == 200
    data = {
        "connected": True, "accountSid": SID, "phoneNumber": NUMBER, "authToken": "••••••••1234", "source": "agent",
        "syncState": "syncing", "error": None,
    }  # fmt: skip
    assert saved.json() == browser.get(api).json() == {"success": True, "data": data}
    assert post(browser, api, authToken="••••••••1234").status_code == 200
    assert browser.delete(api).json() == browser.delete(api).json() == {"success": True, "data": NOTHING}


def test_the_organisations_account_shows_as_the_fallback(north, north_owner, sign_in, api):
    connect(north)

    data = sign_in(north_owner).get(api).json()["data"]
    assert (data["connected"], data["source"], data["accountSid"], data["error"]) == (False, "fallback", None, None)


@pytest.mark.parametrize("changes", [{"accountSid": "x"}, {"authToken": 7}, {"phoneNumber": ""}])
def test_bad_input_names_its_field(north_owner, sign_in, provider_sandbox, api, changes):
    refused = post(sign_in(north_owner), api, **changes)

    assert refused.status_code == 400
    assert set(refused.json()["fields"]) == set(changes)


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "{", "7"])
def test_anything_but_an_object_is_a_400(north_owner, sign_in, api, body):
    assert sign_in(north_owner).post(api, body, content_type="application/json").status_code == 400


def test_a_refusal_is_a_400_and_silence_a_502(north_owner, sign_in, provider_sandbox, api):
    browser = sign_in(north_owner)
    refused = post(browser, api, authToken="5" * 29 + "bad")
    assert (refused.status_code, refused.json()["code"]) == (400, "provider_refused")

    provider_sandbox.spoil(provider="twilio", status=503)
    away = post(browser, api)
    assert away.status_code == 502
    assert "could not be reached, nothing was changed" in away.json()["error"]


def test_members_read_and_only_admins_and_owners_write(north, add_member, sign_in, provider_sandbox, api):
    connect_agent(north, IN)
    member, admin = sign_in(add_member(north, Role.MEMBER)), sign_in(add_member(north, Role.ADMIN))

    assert member.get(api).json()["data"]["authToken"] == "••••••••1234"
    assert (post(member, api).status_code, member.delete(api).status_code) == (403, 403)
    assert post(admin, api).status_code == 200


def test_another_organisations_agent_and_unknown_ones_are_not_found(south, south_owner, sign_in, provider_sandbox, api):
    browser = sign_in(south_owner)
    for path in (api, f"/api/agents/{uuid.uuid4()}/twilio"):
        assert [browser.get(path).status_code, post(browser, path).status_code, browser.delete(path).status_code] == [
            404, 404, 404,
        ]  # fmt: skip
    assert browser.get("/api/agents/nonsense/twilio").status_code == 400
    assert provider_sandbox.requests_to("twilio") == []


def test_nobody_gets_in_without_signing_in(client, api):
    assert [client.get(api).status_code, post(client, api).status_code, client.delete(api).status_code] == [401] * 3


def test_a_stale_session_signs_in_again_before_it_writes(north_owner, sign_in, provider_sandbox, api, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    browser = sign_in(north_owner)

    assert browser.get(api).status_code == 200
    assert post(browser, api).json()["code"] == browser.delete(api).json()["code"] == "sign_in_again"


def test_an_access_token_may_write(north, north_owner, client, provider_sandbox, api):
    access = issue_tokens(user_id=north_owner.pk, org_id=north.pk, role=Role.OWNER)["access"]

    answer = client.post(api, BODY, content_type="application/json", headers={"Authorization": f"Bearer {access}"})
    assert answer.status_code == 200


def test_the_page_connects_keeps_and_disconnects(north, north_owner, sign_in, provider_sandbox, page):
    browser = sign_in(north_owner)
    assert "overrides the clinic" in browser.get(page).content.decode()

    assert browser.post(f"{page}/twilio", FORM)["Location"] == page
    assert set(numbers_of(north)) == {NUMBER}
    shown = browser.get(page).content.decode()
    assert 'placeholder="••••••••1234"' in shown
    assert TOKEN not in shown
    assert "This agent’s own" in shown
    assert "Syncing…" in shown
    kept = browser.post(f"{page}/twilio", {**FORM, "auth_token": "", "phone_number": OTHER_NUMBER})
    assert kept.status_code == 302
    assert escape("gives up") in browser.get(f"{page}/twilio/remove").content.decode()
    assert browser.post(f"{page}/twilio/remove")["Location"] == page
    assert "has no Twilio account of its own" in browser.get(f"{page}/twilio/remove").content.decode()
    assert browser.get(f"/api{page.removeprefix('/dashboard').removesuffix('/line')}/twilio").json()["data"] == NOTHING


def test_the_page_says_what_is_wrong_and_never_repeats_a_token(north_owner, sign_in, provider_sandbox, page):
    browser = sign_in(north_owner)
    malformed = browser.post(f"{page}/twilio", {"account_sid": "x", "auth_token": TOKEN, "phone_number": "x"})
    refused = browser.post(f"{page}/twilio", {**FORM, "phone_number": "+442079460555"})
    provider_sandbox.spoil(provider="twilio", status=503)
    away = browser.post(f"{page}/twilio", FORM)

    assert [answer.status_code for answer in (malformed, refused, away)] == [422] * 3
    assert "A Twilio account SID is AC and 32 characters" in malformed.content.decode()
    assert "Write the number with + and its country code" in malformed.content.decode()
    assert escape("does not belong to this Twilio account") in refused.content.decode()
    assert "could not be reached, nothing was changed" in away.content.decode()
    assert not any(TOKEN in answer.content.decode() for answer in (malformed, refused, away))


def test_an_empty_form_names_every_field(north_owner, sign_in, provider_sandbox, page):
    refused = sign_in(north_owner).post(f"{page}/twilio", {})

    assert refused.status_code == 422
    assert "3 fields need another look" in refused.content.decode()


def test_the_page_shows_whose_account_serves_the_agent(north, north_owner, sign_in, vapi_sandbox, page):
    browser = sign_in(north_owner)
    assert "Connect Twilio for this agent, or for the whole clinic" in browser.get(page).content.decode()
    connect(north)
    assert "Your clinic’s, from Integrations" in browser.get(page).content.decode()
    sync_numbers(north)
    fragment = browser.get(page, headers={"HX-Request": "true"}).content.decode()
    assert 'id="line"' in fragment
    assert "<html" not in fragment


def test_a_member_reads_the_page_and_gets_no_form(north, add_member, sign_in, page):
    connect_agent(north, IN)
    browser = sign_in(add_member(north, Role.MEMBER))
    shown = browser.get(page).content.decode()

    assert SID in shown
    assert "••••••••1234" in shown
    assert 'name="auth_token"' not in shown
    assert browser.post(f"{page}/twilio", FORM).status_code == 403
    assert browser.post(f"{page}/twilio/remove").status_code == 403


def test_a_foreign_page_is_not_found(south, south_owner, sign_in, page):
    browser = sign_in(south_owner)
    for path in (page, f"/dashboard/agents/{uuid.uuid4()}/line"):
        assert browser.get(path).status_code == 404
        assert browser.post(f"{path}/twilio", FORM).status_code == 404
        assert browser.post(f"{path}/twilio/remove").status_code == 404
        assert browser.get(f"{path}/twilio/remove").status_code == 404


def test_the_page_takes_few_queries(north, north_owner, sign_in, django_assert_max_num_queries, page):
    connect(north)
    browser = sign_in(north_owner)
    browser.get(page)
    with django_assert_max_num_queries(16):
        assert browser.get(page).status_code == 200


def test_a_stale_session_is_asked_before_the_form_writes(north_owner, sign_in, provider_sandbox, page, monkeypatch):
    monkeypatch.setattr(sessions, "is_fresh", lambda request: False)

    assert "/reauthenticate" in sign_in(north_owner).post(f"{page}/twilio", FORM)["Location"]


def test_the_list_links_to_the_page(north_owner, sign_in, page):
    assert page.removesuffix("/line") in sign_in(north_owner).get("/dashboard/agents").content.decode()


def test_a_token_of_another_agent_does_not_show(north, north_owner, sign_in, page):
    connect_agent(north, OUT, token=OTHER_TOKEN)

    assert "••••••••5678" not in sign_in(north_owner).get(page).content.decode()
