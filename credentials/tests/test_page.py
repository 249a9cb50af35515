"""The page of integrations: cards, forms, Test and Disconnect, with and without script, for each role."""

import pytest
from django.test.utils import CaptureQueriesContext

from credentials import events
from credentials.errors import NotConnected
from credentials.events import SyncNote
from credentials.service import credential_service
from credentials.tests.given import REFUSED_TOKEN, TWILIO
from credentials.types import Provider, Secret, TwilioCredentials
from orgs.actors import Actor
from orgs.models import Role

PAGE = "/dashboard/integrations"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def owner(north, north_owner, sandbox, sign_in):
    return sign_in(north_owner)


def text(response):
    return response.content.decode()


def token_of(org):
    return credential_service.read_stored(org.pk, Provider.TWILIO).credentials.auth_token.reveal()


def connect(client, **changes):
    return client.post(f"{PAGE}/twilio", {**TWILIO, **changes})


def test_each_provider_has_a_card(owner):
    page = text(owner.get(PAGE))

    for provider in Provider:
        assert f'id="integration-{provider.value.replace("_", "-")}"' in page
    assert page.count("Not connected") == 5


def test_a_form_connects_and_the_card_says_so(owner, north):
    response = connect(owner)

    assert (response.status_code, response["Location"]) == (302, PAGE)
    page = text(owner.get(PAGE))
    assert "Twilio is connected." in page
    assert "+44•••••8750" in page
    assert "AC1111…" in page
    assert token_of(north) == TWILIO["authToken"]


def test_no_page_ever_holds_a_value_that_was_stored(owner):
    connect(owner)

    for address in (PAGE, f"{PAGE}/twilio", f"{PAGE}/twilio/disconnect"):
        page = text(owner.get(address))
        for value in TWILIO.values():
            assert value not in page, address


def test_malformed_values_come_back_beside_their_fields(owner, north, sandbox):
    response = connect(owner, accountSid="AC1", authToken="", phoneNumber="020")
    page = text(response)

    assert response.status_code == 422
    assert "3 fields need another look" in page
    assert "A Twilio account SID is AC and 32 characters" in page
    assert "Enter the auth token." in page
    assert "Write the number with + and its country code" in page
    assert sandbox.requests_to("twilio") == []


def test_a_secret_that_was_refused_is_not_written_back(owner):
    response = connect(owner, authToken=REFUSED_TOKEN)

    assert response.status_code == 422
    assert "Twilio did not accept this account SID and auth token" in text(response)
    assert REFUSED_TOKEN not in text(response)
    assert TWILIO["accountSid"] in text(response)


def test_a_provider_that_is_down_is_said_and_changes_nothing(owner, north, sandbox):
    connect(owner)
    sandbox.spoil(provider="twilio", status=503)

    response = connect(owner, authToken="3" * 32)
    assert response.status_code == 502
    assert "could not be reached, nothing was changed" in text(response)
    assert token_of(north) == TWILIO["authToken"]


def test_stored_values_show_as_masks_and_stay_when_left_empty(owner, north):
    connect(owner)
    form = text(owner.get(f"{PAGE}/twilio"))
    assert "••••••••" in form
    assert form.count("Replace<span") == 3

    response = owner.post(f"{PAGE}/twilio", {"authToken": "3" * 32})
    assert response.status_code == 302
    stored = credential_service.read_stored(north.pk, Provider.TWILIO).credentials
    assert stored == TwilioCredentials(
        account_sid=TWILIO["accountSid"], auth_token=Secret("3" * 32), phone_number=TWILIO["phoneNumber"]
    )


def test_an_optional_value_goes_when_its_box_is_ticked(owner, north):
    extra = {"whatsappNumber": "+442071838759", "messagingServiceSid": "MG" + "4" * 32}
    connect(owner, **extra)
    assert text(owner.get(f"{PAGE}/twilio")).count('name="remove"') == 2

    owner.post(f"{PAGE}/twilio", {"authToken": "3" * 32, "whatsappNumber": ""})
    assert credential_service.get(north.pk, Provider.TWILIO).whatsapp_number == extra["whatsappNumber"]
    owner.post(f"{PAGE}/twilio", {"authToken": "3" * 32, "whatsappNumber": "", "remove": "whatsappNumber"})
    stored = credential_service.get(north.pk, Provider.TWILIO)
    assert (stored.whatsapp_number, stored.messaging_service_sid) == ("", extra["messagingServiceSid"])
    assert "WhatsApp" not in text(owner.get(PAGE))


def test_a_ticked_box_stays_ticked_when_something_else_was_refused(owner):
    connect(owner, whatsappNumber="+442071838759")

    page = text(owner.post(f"{PAGE}/twilio", {"phoneNumber": "020", "remove": "whatsappNumber"}))
    assert 'value="whatsappNumber" checked' in page


def test_required_values_have_no_box(owner, north):
    connect(owner)

    owner.post(f"{PAGE}/twilio", {"remove": ["authToken", "phoneNumber"]})
    assert token_of(north) == TWILIO["authToken"]


def test_at_first_nothing_can_be_left_empty(owner):
    assert "3 fields need another look" in text(owner.post(f"{PAGE}/twilio", {}))


def test_a_number_that_another_clinic_uses_is_said_in_the_form(owner, south):
    theirs = TwilioCredentials(
        account_sid=TWILIO["accountSid"], auth_token=Secret(TWILIO["authToken"]), phone_number=TWILIO["phoneNumber"]
    )
    credential_service.save(org_id=south.pk, credentials=theirs, actor=Actor.system(south.pk))

    response = connect(owner)
    assert response.status_code == 422
    assert "already in use" in text(response)


def test_a_step_that_fails_after_storing_brings_the_earlier_one_back(owner, north, monkeypatch):
    connect(owner)

    def fail(org, provider):
        raise NotConnected(provider)

    monkeypatch.setitem(events._saved, Provider.TWILIO, [fail])
    assert connect(owner, authToken="3" * 32).status_code == 422
    assert token_of(north) == TWILIO["authToken"]
    assert credential_service.get(north.pk, Provider.TWILIO).auth_token.reveal() == TWILIO["authToken"]


def test_test_answers_with_the_card_alone(owner, sandbox):
    connect(owner)
    good = owner.post(f"{PAGE}/twilio/verify", **HTMX)
    sandbox.spoil(provider="twilio", status=401)
    bad = owner.post(f"{PAGE}/twilio/verify", **HTMX)

    assert text(good).lstrip().startswith("<section")
    assert "Twilio works." in good["HX-Trigger"]
    assert "Needs attention" in text(bad)
    assert "Twilio did not accept" in text(bad)
    assert '"level": "error"' in bad["HX-Trigger"]


def test_test_works_without_script(owner):
    connect(owner)

    response = owner.post(f"{PAGE}/twilio/verify", follow=True)
    assert "Twilio works." in text(response)


def test_test_of_what_is_not_connected_or_down_says_so(owner, sandbox):
    assert "Please connect Twilio" in text(owner.post(f"{PAGE}/twilio/verify", follow=True))
    connect(owner)
    sandbox.spoil(provider="twilio", status=503)
    assert "could not be reached" in owner.post(f"{PAGE}/twilio/verify", **HTMX)["HX-Trigger"]


def test_disconnect_asks_first(owner, north):
    connect(owner)

    asked = text(owner.get(f"{PAGE}/twilio/disconnect"))
    assert "The stored credentials are deleted." in asked
    assert credential_service.exists(north.pk, Provider.TWILIO)
    done = text(owner.post(f"{PAGE}/twilio/disconnect", follow=True))
    assert "Twilio is disconnected." in done
    assert not credential_service.exists(north.pk, Provider.TWILIO)
    assert "is not connected" in text(owner.get(f"{PAGE}/twilio/disconnect"))


def test_connecting_disconnecting_and_connecting_again(owner, north):
    connect(owner)
    owner.post(f"{PAGE}/twilio/disconnect")
    connect(owner)

    assert token_of(north) == TWILIO["authToken"]


def test_vapi_gets_a_new_secret_and_is_not_disconnected(owner, north):
    before = credential_service.get(north.pk, Provider.VAPI)
    page = text(owner.post(f"{PAGE}/vapi/secret", follow=True))

    assert "The old one works until tomorrow." in page
    assert credential_service.get(north.pk, Provider.VAPI).webhook_secrets[1:] == (before.webhook_secret,)
    assert owner.get(f"{PAGE}/vapi/disconnect").status_code == 404
    assert "nothing to fill in" in text(owner.get(f"{PAGE}/vapi"))


def test_an_own_vapi_key_has_a_form_where_that_is_allowed(owner, north, settings):
    assert owner.post(f"{PAGE}/vapi", {"apiKey": "clinic-key-of-its-own"}).status_code == 404
    settings.ALLOW_ORG_VAPI_KEYS = True

    assert "Private key" in text(owner.get(f"{PAGE}/vapi"))
    assert owner.post(f"{PAGE}/vapi", {"apiKey": "clinic-key-of-its-own"}).status_code == 302
    assert credential_service.get(north.pk, Provider.VAPI).api_key == Secret("clinic-key-of-its-own")
    assert "Remove the private key" in text(owner.get(f"{PAGE}/vapi"))
    assert owner.post(f"{PAGE}/vapi", {"apiKey": "", "remove": "apiKey"}).status_code == 302
    assert credential_service.get(north.pk, Provider.VAPI).api_key is None
    assert "Remove the private key" not in text(owner.get(f"{PAGE}/vapi"))


def test_a_member_sees_and_cannot_change(north, sandbox, add_member, sign_in):
    member = sign_in(add_member(north, Role.MEMBER))
    page = text(member.get(PAGE))

    assert "Admins and owners connect and change integrations." in page
    assert f"{PAGE}/twilio" not in page
    assert connect(member).status_code == 403
    assert member.get(f"{PAGE}/twilio").status_code == 403
    assert member.post(f"{PAGE}/twilio/disconnect").status_code == 403
    assert member.post(f"{PAGE}/vapi/secret").status_code == 403


def test_an_unknown_provider_is_not_found(owner):
    for address in ("myspace", "myspace/verify", "twilio/connect", "myspace/disconnect"):
        status = owner.post(f"{PAGE}/{address}").status_code
        assert status in {404, 405}, address
    assert owner.get(f"{PAGE}/twilio/connect").status_code == 404


def test_a_stale_sign_in_is_renewed_before_the_form_is_shown(owner):
    session = owner.session
    session["identity_proven_at"] = 0
    session.save()

    response = owner.get(f"{PAGE}/twilio")
    assert response["Location"].startswith("/accounts/reauthenticate/?next=%2Fdashboard%2Fintegrations%2Ftwilio")


def test_what_follows_a_credential_shows_beneath_it(owner, monkeypatch):
    connect(owner)
    note = SyncNote(tone="warning", words="Needs attention: Vapi does not know the number.", retry_url="/retry-it")
    monkeypatch.setitem(events._notes, Provider.TWILIO, lambda org: note)

    page = text(owner.get(PAGE))
    assert "Needs attention: Vapi does not know the number." in page
    assert 'action="/retry-it"' in page


def test_what_stopped_working_stands_on_the_overview(owner, sandbox):
    connect(owner)
    assert "Twilio needs attention" not in text(owner.get("/dashboard"))
    sandbox.spoil(provider="twilio", status=401)
    owner.post(f"{PAGE}/twilio/verify")

    assert "Twilio needs attention" in text(owner.get("/dashboard"))


def test_an_unreadable_credential_is_named_on_the_page(owner, north):
    connect(owner)
    credential_service.shred(org_id=north.pk, actor=Actor.system(north.pk))

    assert "Please reconnect Twilio" in text(owner.post(f"{PAGE}/twilio/verify", follow=True))
    assert "Please reconnect Twilio" in text(owner.get(PAGE))


def test_the_cards_need_a_constant_number_of_queries(owner, north):
    from django.db import connection

    def reads():
        with CaptureQueriesContext(connection) as queries:
            owner.get(PAGE, **HTMX)
        return len([q for q in queries if "FROM" in q["sql"]])

    reads()
    empty = reads()
    connect(owner)
    owner.get(PAGE)
    assert reads() <= empty + 1  # how far Vapi follows the number
