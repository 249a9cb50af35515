"""Whose webhooks are believed."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.http import urlencode

from orgs.scope import org_scope, org_tx
from providers.twilio.signatures import is_genuine
from telephony.models import Message
from telephony.tests.hooks import FORM, post, sign, status_form, text_form, text_in
from telephony.tests.texting import NUMBER, OTHER_NUMBER, OTHER_SID, OTHER_TOKEN, SID, TOKEN, connect_twilio

pytestmark = pytest.mark.django_db(transaction=True)
SMS = "/api/twilio/sms"


def stored(org):
    with org_scope(org), org_tx():
        return Message.objects.count()


@pytest.mark.parametrize(
    ("caller", "signature"),
    [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")],
)
def test_the_vectors_that_twilio_published(caller, signature):
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = {"CallSid": "CA1234567890ABCDE", "Caller": caller, "Digits": "1234", "From": caller, "To": "+18005551212"}
    posted = QueryDict(urlencode(form))

    assert is_genuine(url=url, form=posted, signature=signature, tokens=["12345"])
    assert not is_genuine(url=url, form=posted, signature=signature, tokens=["other"])
    assert not is_genuine(url=f"{url}x", form=posted, signature=signature, tokens=["12345"])


def test_a_genuine_text_is_kept(north):
    connect_twilio(north)

    answer = text_in(" Is 9 & 10 free? £ ", From="+447700900199", ProfileName="")

    assert (answer.status_code, answer.content) == (200, b"<Response/>")
    assert stored(north) == 1


def test_every_byte_counts(north):
    connect_twilio(north)
    form = text_form("See you at 9.")
    good = sign(SMS, form)
    attempts = [
        post(SMS, form | {"Body": "See you at 8."}, signature=good),
        post(SMS, form | {"Body": "See you at 9. "}, signature=good),
        post(SMS, form | {"Extra": "1"}, signature=good),
        post(SMS, {name: value for name, value in form.items() if name != "NumMedia"}, signature=good),
        post(f"{SMS}?a=1", form, signature=good),
        post(SMS, form, signature=("B" if good[0] == "A" else "A") + good[1:]),
        post(SMS, form, signature=""),
        post(SMS, form, signature="not base64 at all"),
        post(SMS, form, token=OTHER_TOKEN),
        Client().get(SMS, form, headers={"X-Twilio-Signature": good}),
        Client().post(SMS, form, headers={"X-Twilio-Signature": good}),
        Client().post(SMS, b"{}", content_type="application/json", headers={"X-Twilio-Signature": good}),
    ]

    assert [answer.status_code for answer in attempts] == [403] * 9 + [405] + [403] * 2
    assert stored(north) == 0


def test_the_query_counts_in_its_order_and_the_address_with_its_port(north, settings):
    connect_twilio(north)
    settings.BACKEND_URL = "https://clinic.example:8443"
    path, form = "/api/twilio/status?m=1&n=2", status_form("SM" + "1" * 32, "sent")
    good = sign(path, form)

    assert post(path, form, signature=good).status_code == 204
    assert post("/api/twilio/status?n=2&m=1", form, signature=good).status_code == 403
    assert post("/api/twilio/status?m=1&n=%32", form, signature=good).status_code == 403
    for other in ("https://clinic.example:9443", "http://clinic.example:8443", "https://other.example:8443"):
        settings.BACKEND_URL = other
        assert post(path, form, signature=good).status_code == 403


def test_an_account_that_nobody_has_is_nobodys(north):
    connect_twilio(north)
    for named in (OTHER_SID, "", "AC1", "AC" + "1" * 31 + "\0", SID.upper()):
        assert post(SMS, text_form(AccountSid=named)).status_code == 403
    assert stored(north) == 0


def test_another_clinics_token_proves_nothing(north, south):
    connect_twilio(north)
    connect_twilio(south, sid=OTHER_SID, token=OTHER_TOKEN, number=OTHER_NUMBER)

    assert text_in(token=OTHER_TOKEN).status_code == 403
    assert text_in(AccountSid=OTHER_SID, token=OTHER_TOKEN, To=NUMBER).status_code == 200
    assert (stored(north), stored(south)) == (0, 1)


def test_clinics_that_share_an_account_are_told_apart_by_number(north, south):
    connect_twilio(north)
    connect_twilio(south, number=OTHER_NUMBER)

    assert text_in(To=OTHER_NUMBER).status_code == 200
    assert text_in(To="+442079460199").status_code == 403
    assert (stored(north), stored(south)) == (0, 1)


def test_a_disconnected_account_is_forgotten(north):
    from credentials.service import credential_service
    from credentials.types import Provider
    from orgs.actors import Actor
    from voxanne.expiring_cache import clear_all_caches

    connect_twilio(north)
    credential_service.delete(org_id=north.pk, provider=Provider.TWILIO, actor=Actor.system(north.pk))
    clear_all_caches()

    assert text_in().status_code == 403


def test_an_agents_own_account_signs_with_its_own_token(north):
    from agents.tests.twilio_accounts import connect_agent
    from agents.twilio import remove_own_twilio
    from orgs.actors import Actor
    from voxanne.expiring_cache import clear_all_caches

    agent_id = connect_agent(north, number=OTHER_NUMBER, sid=OTHER_SID, token=OTHER_TOKEN)

    assert text_in(AccountSid=OTHER_SID, To=OTHER_NUMBER, token=OTHER_TOKEN).status_code == 200
    assert text_in(AccountSid=OTHER_SID, To=OTHER_NUMBER).status_code == 403
    remove_own_twilio(org=north, agent_id=agent_id, actor=Actor.system(north.pk))
    clear_all_caches()
    assert text_in(AccountSid=OTHER_SID, To=OTHER_NUMBER, token=OTHER_TOKEN).status_code == 403


def test_blank_and_repeated_fields_are_signed_too(north):
    connect_twilio(north)
    form = text_form("", NumMedia="1")
    body = urlencode(form) + "&Tag=b&Tag=a&Tag=b"
    from twilio.request_validator import RequestValidator

    signature = RequestValidator(TOKEN).compute_signature(f"http://127.0.0.1:8000{SMS}", QueryDict(body))

    answer = Client().post(SMS, body, content_type=FORM, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200
