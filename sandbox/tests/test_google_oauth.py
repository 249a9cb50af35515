"""Google's consent and tokens: what is asked, what is given, what is refused."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.oauth_client import CALENDAR, EMAIL, GOOGLE, REDIRECT, Api, Person

USERINFO = "https://www.googleapis.com/auth/userinfo.email"


@pytest.fixture
def person(sandbox: SandboxClient) -> Person:
    return Person(sandbox.http, GOOGLE)


def _error(response: Any) -> tuple[int, str, str]:
    return response.status_code, response.json()["error"], response.json()["error_description"]


def test_the_page_asks_and_the_tokens_open_what_was_allowed(sandbox: SandboxClient, person: Person) -> None:
    page = sandbox.http.get(person.query(login_hint="ben@clinic.example"))
    returned = person.decide()
    tokens = person.exchange(returned["code"]).json()
    who = sandbox.http.get("/google/oauth2/v3/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})

    assert 'value="ben@clinic.example"' in page.text
    assert f"{CALENDAR}.events" in page.text
    assert "form-action 'self' http://127.0.0.1:8000" in page.headers["content-security-policy"]
    assert returned["state"] == "state-1"
    assert {"access_token", "refresh_token", "expires_in", "scope", "token_type", "id_token"} == set(tokens)
    assert set(tokens["scope"].split()) == {f"{CALENDAR}.events", f"{CALENDAR}.freebusy", USERINFO, "openid"}
    assert (who.json()["email"], who.json()["email_verified"]) == (EMAIL, True)


def test_denial(person: Person) -> None:
    assert person.decide("deny") == {"error": "access_denied", "state": "state-1"}


def test_single_scopes_can_be_refused(person: Person, sandbox: SandboxClient) -> None:
    form = {"chosen": "yes", "scope": USERINFO}
    tokens = person.exchange(person.decide(form=form)["code"]).json()
    calendar = Api(sandbox.http, "/google/calendar/v3", tokens["access_token"])("GET", "/calendars/primary/events")

    assert tokens["scope"] == USERINFO
    assert calendar.status_code == 403
    assert calendar.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"client_id": None}, "invalid_request"),
        ({"client_id": "client-bad"}, "invalid_client"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": "http://clinic.example/callback"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "https://clinic.example/callback#x"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_request"),
        ({"scope": "https://www.googleapis.com/auth/calender"}, "invalid_scope"),
        ({"access_type": "forever"}, "invalid_request"),
        ({"prompt": "please"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_requests_that_make_no_sense_stay_on_the_page(
    sandbox: SandboxClient, person: Person, change: dict[str, str | None], title: str
) -> None:
    for method in ("GET", "POST"):
        response = sandbox.http.request(method, person.query(**change))
        assert response.status_code in {400, 401}
        assert title in response.text


def test_an_account_that_is_no_address_is_asked_for_again(sandbox: SandboxClient, person: Person) -> None:
    response = sandbox.http.post(person.query(), data={"decision": "allow", "email": "ana"})

    assert response.status_code == 422
    assert "email address" in response.text


def test_silent_consent_is_never_given(sandbox: SandboxClient, person: Person) -> None:
    response = sandbox.http.get(person.query(prompt="none"))

    assert parse_qs(urlsplit(response.headers["location"]).query)["error"] == ["interaction_required"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"code": "nonsense"}, (400, "invalid_grant", "Malformed auth code.")),
        ({"redirect_uri": f"{REDIRECT}/other"}, (400, "redirect_uri_mismatch", "Bad Request")),
        ({"code_verifier": "x" * 43}, (400, "invalid_grant", "Invalid code verifier.")),
        ({"code_verifier": None}, (400, "invalid_grant", "Missing code verifier.")),
        ({"client_secret": "bad"}, (401, "invalid_client", "Unauthorized")),
        ({"client_secret": None}, (400, "invalid_request", "client_secret is missing.")),
        ({"client_id": "client-2"}, (401, "unauthorized_client", "Unauthorized")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type", "Invalid grant_type: password")),
    ],
)
def test_codes_that_are_not_redeemed(person: Person, change: dict[str, Any], expected: tuple[int, str, str]) -> None:
    code = person.decide()["code"]

    assert _error(person.exchange(change.pop("code", code), **change)) == expected


def test_a_code_works_once(person: Person) -> None:
    code = person.decide()["code"]

    assert person.exchange(code).status_code == 200
    assert _error(person.exchange(code)) == (400, "invalid_grant", "Bad Request")


def test_a_refresh_token_comes_with_offline_access_and_consent_only(person: Person) -> None:
    assert "refresh_token" not in person.tokens(access_type="online")
    assert "refresh_token" in person.tokens(prompt=None)
    assert "refresh_token" not in person.tokens(prompt=None)
    assert "refresh_token" in person.tokens()


def test_refreshing(person: Person, sandbox: SandboxClient) -> None:
    tokens = person.tokens()

    again = person.refresh(tokens["refresh_token"]).json()

    assert "refresh_token" not in again
    assert again["access_token"] != tokens["access_token"]
    api = Api(sandbox.http, "/google/calendar/v3", again["access_token"])
    assert api("GET", "/calendars/primary/events").status_code == 200
    assert _error(person.refresh("nonsense")) == (400, "invalid_grant", "Bad Request")


@pytest.mark.parametrize("by", ["client", "client_query", "owner"])
def test_a_revoked_grant_opens_nothing_any_more(person: Person, sandbox: SandboxClient, by: str) -> None:
    tokens = person.tokens()
    if by == "owner":
        told = sandbox.http.post("/sandbox/google/revoke", json={"email": EMAIL})
        assert told.json() == {"revoked": 1}
    else:
        where = {"data" if by == "client" else "params": {"token": tokens["refresh_token"]}}
        assert sandbox.http.post("/google/revoke", **where).status_code == 200
        assert _error(sandbox.http.post("/google/revoke", **where))[1] == "invalid_token"

    expected = (400, "invalid_grant", "Token has been expired or revoked.")
    assert _error(person.refresh(tokens["refresh_token"])) == expected
    api = Api(sandbox.http, "/google/calendar/v3", tokens["access_token"])
    assert api("GET", "/calendars/primary/events").json()["error"]["errors"][0]["reason"] == "authError"
    assert "refresh_token" in person.tokens(prompt=None), "a new grant is a first consent again"


def test_an_expired_access_token_is_refused_and_refreshed(person: Person, sandbox: SandboxClient) -> None:
    tokens = person.tokens()

    sandbox.http.post("/sandbox/google/expire", json={"email": EMAIL}).raise_for_status()

    api = Api(sandbox.http, "/google/calendar/v3", tokens["access_token"])
    assert api("GET", "/calendars/primary/events").status_code == 401
    assert person.refresh(tokens["refresh_token"]).status_code == 200


def test_earlier_scopes_are_included_when_asked_for(person: Person) -> None:
    person.tokens()
    more = person.tokens(scope=f"{CALENDAR}.readonly", include_granted_scopes="true")

    assert {f"{CALENDAR}.readonly", f"{CALENDAR}.events"} <= set(more["scope"].split())


def test_no_token_is_shown_anywhere(person: Person, sandbox: SandboxClient) -> None:
    code = person.decide()["code"]
    tokens = person.exchange(code).json()
    person.refresh(tokens["refresh_token"])
    sandbox.http.post("/google/revoke", params={"token": tokens["access_token"]})

    for path in ("/sandbox/ledger", "/sandbox/calendars", "/requests", "/oauth", "/calendar"):
        shown = sandbox.http.get(path).text
        for secret in (code, tokens["access_token"], tokens["refresh_token"], tokens["id_token"], "secret-1"):
            assert secret not in shown, path
