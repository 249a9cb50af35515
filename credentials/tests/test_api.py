"""`/api/integrations`: its answers to good and bad input, for each role."""

import json
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from credentials.errors import NotConnected
from credentials.service import credential_service
from credentials.tests.given import ELEVENLABS, REFUSED_TOKEN, RESEND, TWILIO
from credentials.types import Provider, Secret, TwilioCredentials
from orgs.api.tokens import issue_tokens
from orgs.models import Role
from providers.testing_oauth import answer_consent

URL = "/api/integrations"


@pytest.fixture
def api(north, north_owner, sandbox):
    """A program with the owner's access token."""
    return bearer(north, north_owner, Role.OWNER)


def bearer(org, user, role):
    token = issue_tokens(user_id=user.pk, org_id=org.pk, role=role)["access"]
    return Client(HTTP_AUTHORIZATION=f"Bearer {token}")


def post(client, provider, body, **extra):
    return client.post(f"{URL}/{provider}", json.dumps(body), content_type="application/json", **extra)


def status(client):
    return client.get(f"{URL}/status").json()["data"]


def test_nothing_is_connected_at_first_but_the_webhook_secret(api):
    data = status(api)

    assert list(data) == ["vapi", "twilio", "googleCalendar", "outlookCalendar", "resend", "elevenlabs"]
    assert data["vapi"]["connected"] is True
    assert data["twilio"] == {
        "connected": False, "lastVerified": None, "error": None, "maskedPhone": None, "maskedSid": None,
    }  # fmt: skip
    assert data["googleCalendar"]["connectedEmail"] is None


def test_twilio_is_tried_then_stored_and_shown_masked(api, north, audited):
    response = post(api, "twilio", TWILIO)

    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer["success"] is True
    assert answer["data"]["maskedPhone"] == "+44•••••8750"
    assert answer["data"]["maskedSid"] == "AC1111…"
    assert answer["data"]["lastVerified"]
    assert TWILIO["authToken"] not in response.content.decode()
    stored = credential_service.get(north.pk, Provider.TWILIO)
    assert stored == TwilioCredentials(
        account_sid=TWILIO["accountSid"], auth_token=Secret(TWILIO["authToken"]), phone_number=TWILIO["phoneNumber"]
    )
    assert audited(north) == ["credential.created"]
    assert status(api)["twilio"]["maskedPhone"] == "+44•••••8750"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"accountSid": ""}, "accountSid"),
        ({"accountSid": "AC123"}, "accountSid"),
        ({"accountSid": "SK" + "1" * 32}, "accountSid"),
        ({"accountSid": "AC" + "1" * 32 + "\n1"}, "accountSid"),
        ({"accountSid": ["AC"]}, "accountSid"),
        ({"authToken": "short"}, "authToken"),
        ({"authToken": None}, "authToken"),
        ({"authToken": "g" * 32}, "authToken"),
        ({"phoneNumber": "020 7946 0000"}, "phoneNumber"),
        ({"phoneNumber": "+44"}, "phoneNumber"),
        ({"phoneNumber": 442071838750}, "phoneNumber"),
        ({"phoneNumber": "+" + "1" * 500}, "phoneNumber"),
        ({"phoneNumber": "+44207183\x008750"}, "phoneNumber"),
        ({"messagingServiceSid": "AC" + "1" * 32}, "messagingServiceSid"),
        ({"whatsappNumber": "whatsapp:+1"}, "whatsappNumber"),
    ],
)
def test_a_malformed_value_names_its_field_and_asks_nobody(api, sandbox, change, field):
    response = post(api, "twilio", {**TWILIO, **change})

    assert response.status_code == 400
    answer = response.json()
    assert answer["code"] == "bad_input"
    assert list(answer["fields"]) == [field]
    assert sandbox.requests_to("twilio") == []


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object_is_refused(api, body):
    assert post(api, "twilio", body).status_code == 400


def test_broken_json_is_refused(api):
    assert api.post(f"{URL}/twilio", "{", content_type="application/json").status_code == 400


def test_all_malformed_fields_are_named_at_once(api):
    answer = post(api, "twilio", {"accountSid": "x"}).json()

    assert set(answer["fields"]) == {"accountSid", "authToken", "phoneNumber"}


def test_a_refusal_of_the_provider_leaves_the_earlier_credential_working(api, north, audited):
    post(api, "twilio", TWILIO)

    refused = post(api, "twilio", {**TWILIO, "authToken": REFUSED_TOKEN})

    assert (refused.status_code, refused.json()["code"]) == (400, "provider_refused")
    assert credential_service.get(north.pk, Provider.TWILIO).auth_token.reveal() == TWILIO["authToken"]
    assert audited(north) == ["credential.created"]


def test_a_refused_token_gets_a_plain_sentence(api, north, sandbox):
    sandbox.spoil(provider="twilio", status=401)

    response = post(api, "twilio", TWILIO)

    assert response.status_code == 400
    assert response.json() == {
        "error": "Twilio did not accept this account SID and auth token. Copy both again from the Twilio console.",
        "code": "provider_refused",
    }
    with pytest.raises(NotConnected):
        credential_service.get(north.pk, Provider.TWILIO)


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop_rate": 1}, {"status": 429}], ids=str)
def test_a_provider_that_is_down_changes_nothing(api, north, sandbox, fault):
    post(api, "twilio", TWILIO)
    sandbox.spoil(provider="twilio", **fault)

    response = post(api, "twilio", {**TWILIO, "authToken": "3" * 32})

    assert response.status_code == 502
    assert response.json()["error"] == "Twilio could not be reached, nothing was changed. Try again in a minute."
    assert credential_service.get(north.pk, Provider.TWILIO).auth_token.reveal() == TWILIO["authToken"]
    assert status(api)["twilio"]["error"] is None


def test_a_slow_provider_is_given_up(api, sandbox, monkeypatch):
    from providers.twilio import client

    monkeypatch.setattr(client.TwilioClient.__init__, "__kwdefaults__", {
        **client.TwilioClient.__init__.__kwdefaults__, "timeout_s": 0.3,
    })  # fmt: skip
    sandbox.spoil(provider="twilio", timeout_rate=1)

    started = time.perf_counter()
    assert post(api, "twilio", TWILIO).status_code == 502
    assert time.perf_counter() - started < 8  # ten seconds is what it would be given elsewhere


def test_a_number_of_another_account_is_refused_by_name(api, sandbox):
    post(api, "twilio", TWILIO)  # the number is this account's now

    response = post(api, "twilio", {**TWILIO, "accountSid": "AC" + "9" * 32})

    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["phoneNumber"]


def test_verify_says_whether_it_still_works(api, north, sandbox):
    post(api, "twilio", TWILIO)
    good = api.post(f"{URL}/twilio/verify").json()["data"]
    sandbox.spoil(provider="twilio", status=401)
    bad = api.post(f"{URL}/twilio/verify").json()["data"]
    sandbox.heal(provider="twilio")

    assert (good["valid"], good["error"]) == (True, None)
    assert bad["valid"] is False
    assert bad["error"].startswith("Twilio did not accept")
    assert bad["lastVerified"] == good["lastVerified"]
    assert status(api)["twilio"]["error"] == bad["error"]
    assert credential_service.last_error(north.pk, Provider.TWILIO) == bad["error"]
    assert api.post(f"{URL}/twilio/verify").json()["data"]["valid"] is True
    assert status(api)["twilio"]["error"] is None


def test_verifying_while_the_provider_is_down_keeps_what_was_known(api, sandbox):
    post(api, "twilio", TWILIO)
    sandbox.spoil(provider="twilio", status=503)

    assert api.post(f"{URL}/twilio/verify").status_code == 502
    assert status(api)["twilio"]["error"] is None


def test_what_is_not_connected_cannot_be_verified(api):
    response = api.post(f"{URL}/twilio/verify")

    assert (response.status_code, response.json()["code"]) == (409, "not_connected")


def test_disconnecting_deletes_and_twice_is_once(api, north, audited):
    post(api, "twilio", TWILIO)

    first, second = api.delete(f"{URL}/twilio"), api.delete(f"{URL}/twilio")

    assert first.json() == second.json() == {"success": True, "data": {"connected": False, "accessEnded": True}}
    assert not credential_service.exists(north.pk, Provider.TWILIO)
    assert audited(north) == ["credential.created", "credential.deleted"]


def test_a_new_webhook_secret_keeps_the_old_one_for_a_day(api, north):
    before = credential_service.get(north.pk, Provider.VAPI)

    answer = post(api, "vapi", {})

    after = credential_service.get(north.pk, Provider.VAPI)
    assert answer.status_code == 200
    assert answer.json()["data"]["connected"] is True
    assert isinstance(answer.json()["data"]["assistantIds"], list)
    assert after.webhook_secret != before.webhook_secret
    assert after.secret_id != before.secret_id
    assert after.webhook_secrets == (after.webhook_secret, before.webhook_secret)
    assert after.webhook_secret.reveal() not in answer.content.decode()


def test_a_key_of_its_own_is_kept_when_left_out_and_given_up_when_empty(api, north, settings):
    settings.ALLOW_ORG_VAPI_KEYS = True
    post(api, "vapi", {"apiKey": "clinic-key-of-its-own"})
    assert post(api, "vapi", {}).json()["data"]["ownAccount"] is True
    assert not post(api, "vapi", {"apiKey": ""}).json()["data"]["ownAccount"]


def test_optional_twilio_values_are_cleared_by_empty_ones_only(api, north):
    more = {"whatsappNumber": "+442071838759", "messagingServiceSid": "MG" + "4" * 32}
    for given, kept in (({**TWILIO, **more}, more), (TWILIO, more), ({**TWILIO, "whatsappNumber": ""}, {})):
        post(api, "twilio", given)
        after = credential_service.get(north.pk, Provider.TWILIO)
        assert after.whatsapp_number == kept.get("whatsappNumber", "")
        assert after.messaging_service_sid == more["messagingServiceSid"]


def test_a_key_of_its_own_at_vapi_only_where_that_is_allowed(api, north, settings):
    refused = post(api, "vapi", {"apiKey": "clinic-key-of-its-own"})
    settings.ALLOW_ORG_VAPI_KEYS = True
    taken = post(api, "vapi", {"apiKey": "clinic-key-of-its-own"})
    wrong = post(api, "vapi", {"apiKey": "clinic-key-that-is-bad"})

    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["apiKey"])
    assert (taken.status_code, taken.json()["data"]["ownAccount"]) == (200, True)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "provider_refused")
    assert credential_service.get(north.pk, Provider.VAPI).api_key == Secret("clinic-key-of-its-own")


@pytest.mark.parametrize(("provider", "given"), [("resend", RESEND), ("elevenlabs", ELEVENLABS)])
def test_what_is_refused_by_shape(api, provider, given):
    for name in given:
        response = post(api, provider, {**given, name: "no good"})
        assert (response.status_code, list(response.json()["fields"])) == (400, [name])


def test_resend_is_tried_with_the_senders_domain(api, north):
    taken = post(api, "resend", RESEND)

    assert (taken.status_code, taken.json()["data"]["fromEmail"]) == (200, RESEND["fromEmail"])
    assert RESEND["apiKey"] not in taken.content.decode()
    assert api.post(f"{URL}/resend/verify").json()["data"]["valid"] is True
    assert status(api)["resend"]["connected"] is True


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"apiKey": "re_north_0123456789_bad"}, None, "did not accept this API key"),
        ({"apiKey": "re_north_0123456789_sendonly"}, None, "full access"),
        ({"fromEmail": "desk@nowhere.example"}, "fromEmail", "is not in this Resend account"),
        ({"fromEmail": "desk@unverified.example.com"}, "fromEmail", "is not verified at Resend yet"),
    ],
)
def test_what_resend_refuses(api, north, change, field, says):
    response = post(api, "resend", {**RESEND, **change})

    assert (response.status_code, response.json()["code"]) == (400, "provider_refused")
    assert says in response.json()["error"]
    assert list(response.json().get("fields", {})) == ([field] if field else [])
    assert not credential_service.exists(north.pk, Provider.RESEND)


def test_elevenlabs_is_tried_with_its_user(api, north):
    taken = post(api, "elevenlabs", ELEVENLABS)
    refused = post(api, "elevenlabs", {"apiKey": "sk_0123456789abcdef0123456789_bad"})
    limited = post(api, "elevenlabs", {"apiKey": "sk_0123456789abcdef0123456_limited"})

    assert taken.status_code == 200
    assert ELEVENLABS["apiKey"] not in taken.content.decode()
    assert (refused.status_code, limited.status_code) == (400, 400)
    assert "access to User" in limited.json()["error"]
    assert credential_service.get(north.pk, Provider.ELEVENLABS).api_key == Secret(ELEVENLABS["apiKey"])
    assert api.post(f"{URL}/elevenlabs/verify").json()["data"]["valid"] is True


@pytest.mark.parametrize("provider", ["resend", "elevenlabs"])
def test_another_provider_that_is_down_changes_nothing(api, north, sandbox, provider):
    given = {"resend": RESEND, "elevenlabs": ELEVENLABS}[provider]
    sandbox.spoil(provider=provider, status=503)

    response = post(api, provider, given)
    assert response.status_code == 502
    assert "could not be reached, nothing was changed" in response.json()["error"]
    assert not credential_service.exists(north.pk, Provider(provider))


@pytest.mark.parametrize("provider", ["myspace", "google_calendar", "TWILIO", "twilio-", "status"])
def test_an_unknown_provider_is_not_found(api, provider):
    assert post(api, provider, {}).status_code in {404, 405}
    assert api.post(f"{URL}/{provider}/verify").status_code == 404


def test_a_calendar_is_connected_in_the_browser(api):
    response = post(api, "google-calendar", {"accessToken": "x"})

    assert (response.status_code, response.json()["code"]) == (400, "connect_in_browser")
    assert api.get(f"{URL}/google-calendar/authorize").status_code == 400


def test_a_browser_is_sent_to_the_calendars_page(north, north_owner, sandbox, sign_in):
    response = sign_in(north_owner).get(f"{URL}/google-calendar/authorize")

    assert response.status_code == 302
    assert answer_consent(response["Location"])["code"]


def test_a_member_reads_and_does_not_write(north, sandbox, add_member):
    member = bearer(north, add_member(north, Role.MEMBER), Role.MEMBER)

    assert member.get(f"{URL}/status").status_code == 200
    assert post(member, "twilio", TWILIO).status_code == 403
    assert member.post(f"{URL}/twilio/verify").status_code == 403
    assert member.delete(f"{URL}/twilio").status_code == 403
    assert member.get(f"{URL}/google-calendar/authorize").status_code == 403


def test_an_admin_writes(north, sandbox, add_member):
    assert post(bearer(north, add_member(north, Role.ADMIN), Role.ADMIN), "twilio", TWILIO).status_code == 200


def test_a_stranger_gets_nothing(db):
    assert Client().get(f"{URL}/status").status_code == 401
    assert post(Client(), "twilio", TWILIO).status_code == 401


def test_an_organisation_in_the_body_counts_for_nothing(api, north, south):
    post(api, "twilio", {**TWILIO, "org_id": str(south.pk)})

    assert credential_service.exists(north.pk, Provider.TWILIO)
    assert not credential_service.exists(south.pk, Provider.TWILIO)


def test_one_clinic_does_not_see_anothers(api, south, south_owner):
    post(api, "twilio", TWILIO)

    assert status(bearer(south, south_owner, Role.OWNER))["twilio"]["connected"] is False


def test_a_session_must_be_fresh_to_replace_credentials(north, north_owner, sandbox, sign_in):
    client = sign_in(north_owner)
    session = client.session
    session["identity_proven_at"] = 0
    session.save()

    response = post(client, "twilio", TWILIO)
    assert (response.status_code, response.json()["code"]) == (403, "sign_in_again")


def test_asking_too_often_is_stopped(api, monkeypatch):
    from credentials.api.views import ProviderView

    monkeypatch.setattr(ProviderView, "throttle_scope", "sign_in")
    answers = [post(api, "twilio", {}).status_code for _ in range(31)]
    assert answers[-1] == 429


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_the_status_needs_three_queries_and_little_time(api, north):
    post(api, "twilio", TWILIO)
    with CaptureQueriesContext(connection) as queries:
        api.get(f"{URL}/status")
    reading = [q["sql"] for q in queries if "FROM" in q["sql"]]
    assert len(reading) <= 3, reading

    took = []
    for _ in range(20):
        started = time.perf_counter()
        api.get(f"{URL}/status")
        took.append(time.perf_counter() - started)
    assert sorted(took)[10] < 0.1
