"""Consent, tokens and the calendar against the sandbox, over HTTP."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from structlog.testing import capture_logs

from providers.microsoft import client as microsoft
from providers.microsoft.endpoints import IdentityHttp
from providers.testing import TROUBLE
from providers.testing_oauth import answer_consent, new_pkce
from voxanne import clock
from voxanne.errors import NotFoundAtProvider, Owner, Timeout, Unauthorized, Unavailable

BACK = "https://app.voxanne.test/callback"


@pytest.fixture
def sandbox(provider_sandbox):
    return provider_sandbox


def ask(pkce, **wanted):
    return microsoft.authorize_url(redirect_uri=BACK, state="s" * 40, code_challenge=pkce.challenge, **wanted)


def connect(**decision):
    pkce = new_pkce()
    code = answer_consent(ask(pkce), **decision)["code"]
    return microsoft.exchange_code(code=code, redirect_uri=BACK, code_verifier=pkce.verifier)


def test_consent_is_asked_for_a_calendar_that_stays_connected(sandbox):
    asked = parse_qs(urlsplit(ask(new_pkce(), login_hint="a@north.example")).query)

    assert asked["scope"] == [" ".join(microsoft.SCOPES)]
    assert "offline_access" in asked["scope"][0]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["login_hint"] == ["a@north.example"]


def test_without_a_sandbox_the_address_is_microsofts(settings):
    settings.MICROSOFT_LOGIN_URL = "https://login.microsoftonline.com"

    assert ask(new_pkce()).startswith("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?")


def test_state_comes_back_with_the_code_and_with_a_refusal(sandbox):
    assert answer_consent(ask(new_pkce()))["state"] == "s" * 40
    assert answer_consent(ask(new_pkce()), allow=False)["error"] == "access_denied"


def test_a_code_becomes_a_grant_with_its_owner(sandbox):
    grant = connect(email="reception@north.example")

    assert grant.email == "reception@north.example"
    assert grant.access_token
    assert grant.refresh_token
    assert set(microsoft.NEEDED_SCOPES) <= set(grant.scopes)
    assert timedelta(minutes=50) < grant.expires_at - clock.now() <= timedelta(hours=2)


def test_a_grant_without_staying_access_has_no_refresh_token(sandbox):
    grant = connect(scopes=["Calendars.ReadWrite", "openid", "profile"])

    assert grant.refresh_token == ""


def test_a_code_is_good_once(sandbox):
    pkce = new_pkce()
    code = answer_consent(ask(pkce))["code"]
    microsoft.exchange_code(code=code, redirect_uri=BACK, code_verifier=pkce.verifier)

    with pytest.raises(Unauthorized) as refused:
        microsoft.exchange_code(code=code, redirect_uri=BACK, code_verifier=pkce.verifier)
    assert (refused.value.code, refused.value.owner) == ("invalid_grant", Owner.CLINIC)


def test_a_stolen_code_is_worthless_without_its_verifier(sandbox):
    code = answer_consent(ask(new_pkce()))["code"]

    with pytest.raises(Unauthorized) as refused:
        microsoft.exchange_code(code=code, redirect_uri=BACK, code_verifier=new_pkce().verifier)
    assert refused.value.code == "invalid_grant"


def test_an_identity_of_another_attempt_is_refused(sandbox):
    pkce = new_pkce()
    address = ask(pkce).replace("nonce=", "nonce=0")
    code = answer_consent(address)["code"]

    with pytest.raises(Unauthorized) as refused:
        microsoft.exchange_code(code=code, redirect_uri=BACK, code_verifier=pkce.verifier)
    assert "nonce" in refused.value.detail


def test_graphs_scopes_are_told_without_its_address():
    token = {"access_token": "a", "scope": "https://graph.microsoft.com/Calendars.ReadWrite openid"}

    assert microsoft._read_grant(token).scopes == ("Calendars.ReadWrite", "openid")


def test_a_wrong_client_secret_is_ours_to_mend(sandbox, settings):
    refresh_token = connect().refresh_token
    settings.MICROSOFT_CLIENT_SECRET = "tests-bad"

    with pytest.raises(Unauthorized) as refused:
        microsoft.refresh(refresh_token)
    assert (refused.value.code, refused.value.owner) == ("invalid_client", Owner.US)


def test_a_refresh_brings_new_tokens(sandbox):
    grant = connect()
    fresh = microsoft.refresh(grant.refresh_token)

    assert fresh.access_token != grant.access_token
    assert fresh.refresh_token
    assert microsoft.read_calendar(fresh.access_token).id


def test_a_grant_that_was_taken_back_cannot_be_refreshed(sandbox):
    with pytest.raises(Unauthorized) as refused:
        microsoft.refresh("M.R3_unknown")
    assert (refused.value.code, refused.value.owner) == ("invalid_grant", Owner.CLINIC)


def test_two_refusals_in_a_row_are_both_asked(sandbox):
    for _ in range(2):
        with pytest.raises(Unauthorized):
            microsoft.refresh("M.R3_unknown")

    assert len(sandbox.requests_to("microsoft", "POST")) == 2


def test_a_refresh_is_one_request(sandbox):
    grant = connect()
    before = len(sandbox.requests_to("microsoft"))
    microsoft.refresh(grant.refresh_token)

    assert len(sandbox.requests_to("microsoft")) == before + 1


def test_only_the_person_can_take_a_grant_back(sandbox):
    assert microsoft.revoke(connect().refresh_token) is False


def test_a_calendar_is_read(sandbox):
    calendar = microsoft.read_calendar(connect().access_token)

    assert calendar.id
    assert calendar.summary
    assert microsoft.read_calendar(connect().access_token, calendar_id=calendar.id).summary == calendar.summary


def test_a_calendar_of_somebody_else_is_not_found(sandbox):
    with pytest.raises(NotFoundAtProvider) as refused:
        microsoft.read_calendar(connect().access_token, calendar_id="AAMkOther")
    assert refused.value.code == "ErrorItemNotFound"


def test_an_unknown_token_belongs_to_the_clinic(sandbox):
    with pytest.raises(Unauthorized) as refused:
        microsoft.read_calendar("EwB-unknown")
    assert (refused.value.status, refused.value.owner) == (401, Owner.CLINIC)


@pytest.mark.parametrize(
    "operation",
    [
        lambda: microsoft.refresh("M.R3_any"),
        lambda: microsoft.exchange_code(code="M.C5_any", redirect_uri=BACK, code_verifier="v" * 43),
        lambda: microsoft.read_calendar("EwB-any"),
    ],
)
@pytest.mark.parametrize(("fault", "kind"), TROUBLE)
def test_microsoft_in_trouble_is_asked_once(sandbox, operation, fault, kind):
    sandbox.spoil(provider="microsoft", **fault)

    with pytest.raises(kind) as failed:
        operation()
    assert failed.value.retryable
    assert failed.value.owner is Owner.PROVIDER
    assert len(sandbox.requests_to("microsoft")) == 1


def test_silence_is_a_timeout(sandbox, monkeypatch):
    sandbox.spoil(provider="microsoft", timeout_rate=1)
    monkeypatch.setattr("providers.transport.TIMEOUT_S", 0.3)

    with pytest.raises(Timeout):
        microsoft.refresh("M.R3_any")
    with pytest.raises(Timeout):
        microsoft.GraphApi("EwB-any", timeout_s=0.3).request("GET", "/me", operation="x")


@pytest.mark.parametrize("answer", ["<html>maintenance</html>", "{}"])
def test_an_answer_without_a_token_counts_as_not_reached(sandbox, monkeypatch, answer):
    def post(self, url, **options):
        response = requests.Response()
        response.status_code, response._content = 200, answer.encode()
        return response

    monkeypatch.setattr(IdentityHttp, "post", post)
    with pytest.raises(Unavailable):
        microsoft.refresh("M.R3_any")


def test_no_token_is_logged(sandbox, caplog):
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        grant = connect()
        fresh = microsoft.refresh(grant.refresh_token)

    written = f"{lines} {caplog.text}"
    assert [line["operation"] for line in lines] == ["exchange_code", "refresh"]
    for secret in (grant.access_token, grant.refresh_token, fresh.access_token, "tests-secret"):
        assert secret not in written
