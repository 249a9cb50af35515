"""Connecting a calendar at Google or Microsoft: a state is one person's, in one browser, once, for ten minutes."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client

from conftest import make_org, make_user
from credentials import oauth_attempts
from credentials.models import OAuthAttempt
from credentials.oauth_attempts import challenge_of
from credentials.service import credential_service
from credentials.types import Provider
from orgs.actors import Actor
from orgs.models import AuditEntry, Membership, Role, User
from orgs.scope import org_scope, org_tx
from providers.testing_oauth import answer_consent
from voxanne.clock import now

PAGE = "/dashboard/integrations"
SLUGS = {"google-calendar": Provider.GOOGLE_CALENDAR, "outlook-calendar": Provider.OUTLOOK_CALENDAR}


@pytest.fixture(params=list(SLUGS))
def slug(request):
    return request.param


@pytest.fixture
def owner(north, north_owner, sandbox, sign_in):
    return sign_in(north_owner)


def go(client, slug):
    """Press Continue: the provider's address."""
    response = client.get(f"{PAGE}/{slug}/connect")
    assert response.status_code == 302, response.content
    return response["Location"]


def come_back(client, slug, answer):
    """As the provider sends the browser back: to the API's address, which hands over to the page."""
    handed = client.get(f"/api/integrations/{slug}/callback?{urlencode(answer)}")
    assert handed.status_code == 302
    assert handed["Location"].startswith(f"{PAGE}/{slug}/returned?")
    return client.get(handed["Location"])


def connect(client, slug, **decision):
    return come_back(client, slug, answer_consent(go(client, slug), **decision))


def stored(org, slug):
    return credential_service.get(org.pk, SLUGS[slug])


def is_connected(org, slug):
    return credential_service.exists(org.pk, SLUGS[slug])


def reasons(org):
    with org_scope(org), org_tx():
        entries = AuditEntry.objects.filter(org=org, action="credential.not_granted").order_by("id")
        return [entry.details["reason"] for entry in entries]


def refused(response, org, slug, reason, status=400):
    """The page says what happened and offers to connect again; nothing is stored; it is audited."""
    text = response.content.decode()
    assert response.status_code == status
    assert "is not connected" in text
    assert "Connect again" in text
    assert not is_connected(org, slug)
    assert reasons(org)[-1] == reason
    return text


def test_a_calendar_is_connected(owner, north, slug):
    response = connect(owner, slug, email="reception@north.example")

    assert (response.status_code, response["Location"]) == (302, PAGE)
    credentials = stored(north, slug)
    assert credentials.connected_email == "reception@north.example"
    assert credentials.refresh_token
    assert credentials.expiry > now()
    assert credentials.calendar_id
    page = owner.get(PAGE).content.decode()
    assert "reception@north.example" in page
    assert credentials.access_token.reveal() not in page
    shown = owner.get("/api/integrations/status").json()["data"]
    key = "googleCalendar" if slug.startswith("google") else "outlookCalendar"
    assert (shown[key]["connected"], shown[key]["connectedEmail"]) == (True, "reception@north.example")


def test_what_is_asked_of_the_provider(owner, slug):
    asked = parse_qs(urlsplit(go(owner, slug)).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 43  # 256 bits
    assert asked["redirect_uri"][0].endswith(f"/api/integrations/{slug}/callback")
    if slug.startswith("google"):
        assert (asked["access_type"], asked["prompt"]) == (["offline"], ["consent"])
        assert asked["include_granted_scopes"] == ["true"]


def test_each_attempt_has_its_own_state_and_challenge(owner, slug):
    first, second = (parse_qs(urlsplit(go(owner, slug)).query) for _ in range(2))

    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_only_hashes_and_ciphertext_of_an_attempt_are_kept(owner, north, slug):
    state = parse_qs(urlsplit(go(owner, slug)).query)["state"][0]

    with org_scope(north), org_tx():
        attempt = OAuthAttempt.objects.get()
    assert state not in str(vars(attempt))
    assert attempt.sealed_verifier.startswith("v1:")


def test_denied(owner, north, slug):
    text = refused(connect(owner, slug, allow=False), north, slug, "denied")

    assert "You did not allow access" in text


def test_a_state_works_once(owner, north, slug):
    answer = answer_consent(go(owner, slug))
    come_back(owner, slug, answer)
    credential_service.disable(org_id=north.pk, provider=SLUGS[slug], actor=Actor.system(north.pk))

    assert "used already" in refused(come_back(owner, slug, answer), north, slug, "reused")


def test_after_ten_minutes_a_state_has_expired(owner, north, slug):
    answer = answer_consent(go(owner, slug))

    with time_machine.travel(now() + timedelta(minutes=10, seconds=1), tick=False):
        assert "expired" in refused(come_back(owner, slug, answer), north, slug, "expired")


def test_a_state_of_nobody(owner, north, slug):
    refused(come_back(owner, slug, {"code": "x", "state": "y" * 43}), north, slug, "unknown")
    refused(come_back(owner, slug, {"code": "x"}), north, slug, "unknown")


def test_a_colleagues_state_is_refused_and_still_works_for_the_colleague(owner, north, slug, add_member, sign_in):
    admin = sign_in(add_member(north, Role.ADMIN))
    answer = answer_consent(go(owner, slug))

    text = refused(come_back(admin, slug, answer), north, slug, "foreign", status=403)
    assert "Someone else" in text
    assert come_back(owner, slug, answer)["Location"] == PAGE


def test_another_clinics_state_is_unknown_here(owner, north, south, slug, sign_in):
    theirs = sign_in(User.objects.get(email="owner@south.example"))
    answer = answer_consent(go(theirs, slug))

    refused(come_back(owner, slug, answer), north, slug, "unknown")
    assert come_back(theirs, slug, answer)["Location"] == PAGE
    assert is_connected(south, slug)
    assert not is_connected(north, slug)


def test_somebody_in_two_clinics_finishes_only_where_they_began(north, sandbox, slug, add_member):
    both = add_member(north, Role.ADMIN, "both@north.example")
    west = make_org("West Clinic", make_user("owner@west.example"))
    with org_scope(west), org_tx():
        Membership.objects.create(user=both, role=Role.ADMIN)
    client = Client()
    client.force_login(both)
    client.post("/dashboard/switch", {"org_id": str(north.pk)})
    answer = answer_consent(go(client, slug))
    client.post("/dashboard/switch", {"org_id": str(west.pk)})

    refused(come_back(client, slug, answer), west, slug, "unknown")
    client.post("/dashboard/switch", {"org_id": str(north.pk)})
    assert come_back(client, slug, answer)["Location"] == PAGE
    assert is_connected(north, slug)


def test_another_browser_of_the_same_person_is_refused(owner, north, north_owner, slug, sign_in):
    answer = answer_consent(go(owner, slug))

    refused(come_back(sign_in(north_owner), slug, answer), north, slug, "other_browser")


def test_a_state_for_one_provider_does_not_serve_the_other(owner, north):
    answer = answer_consent(go(owner, "google-calendar"))

    refused(come_back(owner, "outlook-calendar", answer), north, "outlook-calendar", "foreign", status=403)


def test_a_code_that_the_provider_does_not_take(owner, north, slug):
    answer = answer_consent(go(owner, slug))

    refused(come_back(owner, slug, {**answer, "code": "4/0Anonsense"}), north, slug, "code_refused")


def test_a_code_of_another_attempt_does_not_fit_the_verifier(owner, north, slug):
    first, second = answer_consent(go(owner, slug)), answer_consent(go(owner, slug))

    refused(come_back(owner, slug, {**first, "code": second["code"]}), north, slug, "code_refused")


def test_neither_code_nor_error(owner, north, slug):
    answer = answer_consent(go(owner, slug))

    refused(come_back(owner, slug, {"state": answer["state"]}), north, slug, "incomplete")


def test_without_a_refresh_token_nothing_is_stored(owner, north):
    offline = go(owner, "google-calendar").replace("access_type=offline", "access_type=online")

    text = refused(
        come_back(owner, "google-calendar", answer_consent(offline)), north, "google-calendar", "no_refresh_token"
    )
    assert "for one hour only" in text
    assert "Remove Voxanne" in text


def test_without_the_calendars_scope_nothing_is_stored(owner, north):
    some = ["https://www.googleapis.com/auth/userinfo.email"]

    text = refused(connect(owner, "google-calendar", scopes=some), north, "google-calendar", "missing_scope")
    assert "tick every box" in text


def test_a_provider_that_is_down(owner, north, sandbox, slug):
    answer = answer_consent(go(owner, slug))
    sandbox.spoil(provider=slug.split("-")[0].replace("outlook", "microsoft"), status=503)

    text = refused(come_back(owner, slug, answer), north, slug, "unreachable", status=502)
    assert "could not be reached, nothing was changed" in text


def test_a_failed_reconnection_leaves_the_earlier_one_working(owner, north, slug):
    connect(owner, slug)
    before = stored(north, slug)

    connect(owner, slug, allow=False)
    assert stored(north, slug) == before


def test_reconnecting_replaces(owner, north, slug):
    connect(owner, slug, email="first@north.example")
    connect(owner, slug, email="second@north.example")

    assert stored(north, slug).connected_email == "second@north.example"


def test_somebody_signed_out_meanwhile_is_asked_to_sign_in(owner, slug):
    answer = answer_consent(go(owner, slug))

    handed = Client().get(f"/api/integrations/{slug}/callback?{urlencode(answer)}")
    response = Client().get(handed["Location"])
    assert response["Location"].startswith("/accounts/login/?next=")


def test_going_needs_a_fresh_sign_in(owner, slug):
    session = owner.session
    session["identity_proven_at"] = 0
    session.save()

    assert owner.get(f"{PAGE}/{slug}/connect")["Location"].startswith("/accounts/reauthenticate/")


def test_an_installation_that_is_not_registered_says_so(owner, settings):
    settings.GOOGLE_CLIENT_ID = ""

    assert "not registered at Google" in owner.get(f"{PAGE}/google-calendar").content.decode()
    assert owner.get(f"{PAGE}/google-calendar/connect").status_code == 409


def test_disconnecting_takes_access_back_at_google(owner, north, sandbox):
    connect(owner, "google-calendar")
    owner.post(f"{PAGE}/google-calendar/disconnect")

    assert not is_connected(north, "google-calendar")
    grants = sandbox.control("GET", "/calendars")["grants"]
    assert [grant["status"] for grant in grants] == ["revoked"]


def test_disconnecting_while_google_is_down_deletes_and_says_what_is_left(owner, north, sandbox):
    connect(owner, "google-calendar")
    sandbox.spoil(provider="google", status=503)

    page = owner.post(f"{PAGE}/google-calendar/disconnect", follow=True).content.decode()
    assert not is_connected(north, "google-calendar")
    assert "myaccount.google.com/connections" in page


def test_old_attempts_are_forgotten(owner, north, north_owner, slug):
    go(owner, slug)
    with time_machine.travel(now() + timedelta(days=1, minutes=11)):
        owner.force_login(north_owner)
        go(owner, slug)
    with org_scope(north), org_tx():
        assert OAuthAttempt.objects.count() == 1


def test_the_challenge_is_the_one_of_rfc_7636():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert oauth_attempts.STATE_BYTES * 8 == 256
