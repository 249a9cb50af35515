"""Access tokens: refreshed when due, by one worker at a time, with no transaction open meanwhile."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections

from credentials import calendar_tokens, tasks
from credentials.calendar_tokens import get_access_token, refresh_now
from credentials.errors import NeedsReconnect, NotConnected, ProviderUnreachable
from credentials.service import credential_service
from credentials.tests.calendar_clinic import EMAIL, connect_calendar, connect_expired, stored
from credentials.tests.given import RESEND
from credentials.types import Provider, ResendCredentials, Secret
from orgs.actors import Actor
from voxanne.clock import now

GOOGLE, OUTLOOK = Provider.GOOGLE_CALENDAR, Provider.OUTLOOK_CALENDAR
NAMES = {GOOGLE: "google", OUTLOOK: "microsoft"}


@pytest.fixture(params=[GOOGLE, OUTLOOK])
def provider(request):
    return request.param


def refreshes(sandbox, provider=GOOGLE):
    """Requests at the address that also redeems codes; connecting costs one."""
    return [item for item in sandbox.requests_to(NAMES[provider], "POST") if item["path"].endswith("token")][1:]


def revoke(sandbox, provider):
    sandbox.control("POST", f"/{NAMES[provider]}/revoke", {"email": EMAIL})


def test_a_token_that_lasts_is_used_as_it_is(north, sandbox, provider):
    credentials = connect_calendar(north, provider)

    assert get_access_token(north.pk, provider) == credentials.access_token
    assert refreshes(sandbox, provider) == []


def test_a_token_that_ends_soon_is_refreshed_and_stored(north, sandbox, provider):
    before = connect_calendar(north, provider, expiry=now() + timedelta(minutes=4))

    token = get_access_token(north.pk, provider)

    after = stored(north, provider).credentials
    assert token == after.access_token != before.access_token
    assert after.expiry > now() + timedelta(minutes=50)
    assert after.refresh_token
    assert after.connected_email == before.connected_email
    assert len(refreshes(sandbox, provider)) == 1
    assert get_access_token(north.pk, provider) == token


def test_google_keeps_the_refresh_token_and_microsoft_changes_it(north, sandbox):
    for provider, keeps in ((GOOGLE, True), (OUTLOOK, False)):
        before = connect_expired(north, provider)
        get_access_token(north.pk, provider)
        assert (stored(north, provider).credentials.refresh_token == before.refresh_token) is keeps


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_refresh_once(north, sandbox, provider):
    connect_expired(north, provider)
    tokens, start = [], threading.Barrier(10)

    def ask():
        start.wait()
        try:
            tokens.append(get_access_token(north.pk, provider).reveal())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 10
    assert len(set(tokens)) == 1
    assert len(refreshes(sandbox, provider)) == 1


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_provider_is_asked(north, sandbox, monkeypatch):
    connect_expired(north)
    asked = []
    real = calendar_tokens.calendar_provider(GOOGLE)

    class Watched:
        def refresh(self, token):
            asked.append(connection.in_atomic_block)
            return real.refresh(token)

    monkeypatch.setattr(calendar_tokens, "calendar_provider", lambda provider: Watched())
    get_access_token(north.pk, GOOGLE)
    assert asked == [False]


def test_asking_inside_a_transaction_is_a_bug(north, sandbox, working_for):
    connect_expired(north)
    with working_for(north), pytest.raises(RuntimeError, match="leave org_tx"):
        get_access_token(north.pk, GOOGLE)


def test_a_worker_that_died_blocks_nobody_for_long(north, sandbox, monkeypatch):
    connect_expired(north)
    assert credential_service.claim_refresh(north.pk, GOOGLE, lease_s=30)
    monkeypatch.setattr(calendar_tokens, "WAIT_S", 0.2)

    with pytest.raises(ProviderUnreachable):
        get_access_token(north.pk, GOOGLE)
    with time_machine.travel(now() + timedelta(seconds=31), tick=True):
        assert get_access_token(north.pk, GOOGLE)


def test_a_person_who_reconnects_meanwhile_wins(north, sandbox):
    connect_expired(north)
    claim, held = credential_service.claim_refresh(north.pk, GOOGLE, lease_s=30)
    fresh = connect_calendar(north)

    kept = credential_service.finish_refresh(org_id=north.pk, claim=claim, refreshed=held.credentials, provider=GOOGLE)
    assert not kept
    assert stored(north).credentials == fresh


def test_ended_access_needs_attention_and_admins_hear_of_it_once(north, north_owner, sandbox, provider):
    connect_expired(north, provider)
    revoke(sandbox, provider)

    for _ in range(3):
        with pytest.raises(NeedsReconnect, match="Reconnect it in Integrations"):
            get_access_token(north.pk, provider)
    for _ in range(3):
        tasks.alert_admins(str(north.pk), provider.value)

    assert len(refreshes(sandbox, provider)) == 1, "a provider that said no is not asked again for each booking"
    assert "ended our access" in credential_service.last_error(north.pk, provider)
    (message,) = mail.outbox
    assert message.recipients() == [north_owner.email]
    assert "/dashboard/integrations" in message.body


def test_reconnecting_ends_the_failure_and_a_new_one_is_told_again(north, sandbox):
    for round_ in (1, 2):
        connect_expired(north)
        assert credential_service.last_error(north.pk, GOOGLE) == ""
        revoke(sandbox, GOOGLE)
        with pytest.raises(NeedsReconnect):
            get_access_token(north.pk, GOOGLE)
        tasks.alert_admins(str(north.pk), GOOGLE.value)
        assert len(mail.outbox) == round_


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"drop_rate": 1}], ids=str)
def test_a_provider_that_is_down_is_no_failure_of_the_clinic(north, sandbox, provider, fault):
    connect_expired(north, provider)
    sandbox.spoil(provider=NAMES[provider], **fault)

    with pytest.raises(ProviderUnreachable):
        get_access_token(north.pk, provider)
    assert credential_service.last_error(north.pk, provider) == ""
    sandbox.heal(provider=NAMES[provider])
    assert get_access_token(north.pk, provider)


def test_our_own_registration_being_wrong_is_no_failure_of_the_clinic(north, sandbox, settings):
    connect_expired(north)
    settings.GOOGLE_CLIENT_ID = "wrong-bad"

    with pytest.raises(ProviderUnreachable):
        get_access_token(north.pk, GOOGLE)
    assert credential_service.last_error(north.pk, GOOGLE) == ""


@pytest.mark.django_db(transaction=True)
def test_two_verifications_at_once_refresh_once(north, sandbox):
    connect_calendar(north)
    start = threading.Barrier(2)
    found = []

    def prove():
        start.wait()
        try:
            found.append(refresh_now(north.pk, GOOGLE).access_token.reveal())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=prove) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert 1 <= len(refreshes(sandbox)) <= 2  # together one, one after the other two; never two of one version
    assert stored(north).credentials.access_token.reveal() in found


def test_nothing_connected(north, sandbox):
    with pytest.raises(NotConnected):
        get_access_token(north.pk, GOOGLE)


def test_only_calendars_have_such_tokens(north, sandbox):
    key = ResendCredentials(api_key=Secret(RESEND["apiKey"]), from_email=RESEND["fromEmail"])
    credential_service.save(org_id=north.pk, credentials=key, actor=Actor.system(north.pk))
    with pytest.raises(TypeError):
        get_access_token(north.pk, Provider.RESEND)
