"""Consent, tokens and the calendar against the sandbox, over HTTP."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from structlog.testing import capture_logs

from providers.google import client as google
from providers.testing import TROUBLE
from providers.testing_oauth import answer_consent, new_pkce
from voxanne import clock
from voxanne.errors import (
    NotFoundAtProvider,
    Owner,
    RateLimited,
    Rejected,
    Timeout,
    Unauthorized,
    Unavailable,
)

BACK = "https://app.voxanne.test/callback"


@pytest.fixture
def sandbox(provider_sandbox):
    return provider_sandbox


def ask(pkce, **wanted):
    return google.authorize_url(redirect_uri=BACK, state="s" * 40, code_challenge=pkce.challenge, **wanted)


def connect(**decision):
    pkce = new_pkce()
    code = answer_consent(ask(pkce), **decision)["code"]
    return google.exchange_code(code=code, redirect_uri=BACK, code_verifier=pkce.verifier)


def test_consent_is_asked_for_in_a_way_that_brings_a_refresh_token(sandbox):
    asked = parse_qs(urlsplit(ask(new_pkce(), login_hint="a@north.example")).query)

    assert asked["access_type"] == ["offline"]
    assert asked["prompt"] == ["consent"]
    assert asked["include_granted_scopes"] == ["true"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == [" ".join(google.SCOPES)]
    assert asked["login_hint"] == ["a@north.example"]
    assert "code_verifier" not in asked


def test_without_a_sandbox_the_address_is_googles(settings):
    settings.GOOGLE_ACCOUNTS_URL = "https://accounts.google.com"

    assert ask(new_pkce()).startswith("https://accounts.google.com/o/oauth2/v2/auth?")


def test_state_comes_back_with_the_code(sandbox):
    assert answer_consent(ask(new_pkce()))["state"] == "s" * 40


def test_denying_comes_back_as_an_error(sandbox):
    assert answer_consent(ask(new_pkce()), allow=False)["error"] == "access_denied"


def test_a_code_becomes_a_grant_with_its_owner(sandbox):
    grant = connect(email="reception@north.example")

    assert grant.email == "reception@north.example"
    assert grant.access_token
    assert grant.refresh_token
    assert set(google.SCOPES) <= set(grant.scopes)
    assert timedelta(minutes=59) < grant.expires_at - clock.now() <= timedelta(hours=1)


def test_a_grant_does_not_show_its_tokens(sandbox):
    grant = connect()

    assert grant.access_token not in repr(grant)
    assert grant.refresh_token not in repr(grant)


def test_fewer_scopes_than_asked_for_are_told(sandbox):
    grant = connect(scopes=[google.SCOPES[0], google.SCOPES[2]])

    assert google.SCOPES[1] not in grant.scopes
    assert google.SCOPES[0] in grant.scopes


def test_a_code_is_good_once(sandbox):
    pkce = new_pkce()
    code = answer_consent(ask(pkce))["code"]
    google.exchange_code(code=code, redirect_uri=BACK, code_verifier=pkce.verifier)

    with pytest.raises(Unauthorized) as refused:
        google.exchange_code(code=code, redirect_uri=BACK, code_verifier=pkce.verifier)
    assert (refused.value.code, refused.value.owner) == ("invalid_grant", Owner.CLINIC)


def test_a_stolen_code_is_worthless_without_its_verifier(sandbox):
    code = answer_consent(ask(new_pkce()))["code"]

    with pytest.raises(Unauthorized) as refused:
        google.exchange_code(code=code, redirect_uri=BACK, code_verifier=new_pkce().verifier)
    assert refused.value.code == "invalid_grant"


def test_another_way_back_is_our_mistake(sandbox):
    pkce = new_pkce()
    code = answer_consent(ask(pkce))["code"]

    with pytest.raises(Rejected) as refused:
        google.exchange_code(code=code, redirect_uri=f"{BACK}/other", code_verifier=pkce.verifier)
    assert (refused.value.code, refused.value.owner) == ("redirect_uri_mismatch", Owner.US)


def test_a_wrong_client_secret_is_ours_to_mend(sandbox, settings):
    refresh_token = connect().refresh_token
    settings.GOOGLE_CLIENT_SECRET = "GOCSPX-bad"

    with pytest.raises(Unauthorized) as refused:
        google.refresh(refresh_token)
    assert (refused.value.code, refused.value.owner) == ("invalid_client", Owner.US)


def test_a_grant_is_refreshed(sandbox):
    grant = connect()
    fresh = google.refresh(grant.refresh_token)

    assert fresh.access_token != grant.access_token
    assert fresh.refresh_token == grant.refresh_token
    assert set(google.SCOPES) <= set(fresh.scopes)


def test_a_revoked_grant_cannot_be_refreshed(sandbox):
    grant = connect()
    assert google.revoke(grant.refresh_token)

    with pytest.raises(Unauthorized) as refused:
        google.refresh(grant.refresh_token)
    assert (refused.value.code, refused.value.owner) == ("invalid_grant", Owner.CLINIC)
    assert grant.refresh_token not in str(refused.value)


def test_revoking_twice_is_no_error(sandbox):
    grant = connect()

    assert google.revoke(grant.refresh_token)
    assert google.revoke(grant.refresh_token)


def test_a_calendar_is_read(sandbox):
    calendar = google.read_calendar(connect(email="reception@north.example").access_token)

    assert calendar.id == "primary"
    assert calendar.summary == "reception@north.example"
    assert "/" in calendar.time_zone


def test_a_calendar_of_somebody_else_is_not_found(sandbox):
    with pytest.raises(NotFoundAtProvider):
        google.read_calendar(connect().access_token, calendar_id="someone@else.example")


def test_a_calendar_without_the_scope_belongs_to_the_clinic(sandbox):
    grant = connect(scopes=[google.SCOPES[2]])

    with pytest.raises(Unauthorized) as refused:
        google.read_calendar(grant.access_token)
    assert (refused.value.status, refused.value.owner) == (403, Owner.CLINIC)


def test_an_unknown_token_belongs_to_the_clinic(sandbox):
    with pytest.raises(Unauthorized) as refused:
        google.read_calendar("ya29.unknown")
    assert (refused.value.status, refused.value.owner) == (401, Owner.CLINIC)


@pytest.mark.parametrize(
    ("reason", "kind", "owner"),
    [
        ("userRateLimitExceeded", RateLimited, Owner.PROVIDER),
        ("accessNotConfigured", Rejected, Owner.US),
        ("insufficientPermissions", Unauthorized, Owner.CLINIC),
    ],
)
def test_403_is_three_things(reason, kind, owner):
    assert google.GoogleApi("http://x").classify(403, reason) == (kind, owner)


@pytest.mark.parametrize(
    "operation",
    [
        lambda: google.refresh("1//any"),
        lambda: google.exchange_code(code="4/any", redirect_uri=BACK, code_verifier="v" * 43),
        lambda: google.revoke("1//any"),
        lambda: google.read_calendar("ya29.any"),
    ],
)
@pytest.mark.parametrize(("fault", "kind"), TROUBLE)
def test_google_in_trouble_is_asked_once(sandbox, operation, fault, kind):
    sandbox.spoil(provider="google", **fault)

    with pytest.raises(kind) as failed:
        operation()
    assert failed.value.retryable
    assert failed.value.owner is Owner.PROVIDER
    assert len(sandbox.requests_to("google")) == 1


def test_silence_is_a_timeout(sandbox, monkeypatch):
    sandbox.spoil(provider="google", timeout_rate=1)
    monkeypatch.setattr("providers.transport.TIMEOUT_S", 0.3)

    with pytest.raises(Timeout):
        google.refresh("1//any")
    with pytest.raises(Timeout):
        google.GoogleApi(f"{sandbox.base_url}/google", timeout_s=0.3).request("GET", "/x", operation="x")


def test_an_answer_without_a_token_counts_as_not_reached(sandbox, monkeypatch):
    monkeypatch.setattr(requests.Response, "text", "<html>maintenance</html>")

    with pytest.raises(Unavailable):
        google.refresh("1//any")


def test_no_token_is_logged(sandbox, caplog):
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        grant = connect()
        fresh = google.refresh(grant.refresh_token)
        google.revoke(fresh.access_token)

    written = f"{lines} {caplog.text}"
    assert [line["operation"] for line in lines] == ["exchange_code", "read_email", "refresh", "revoke"]
    for secret in (grant.access_token, grant.refresh_token, fresh.access_token, "GOCSPX-tests"):
        assert secret not in written
