"""Being told of changes: only a channel of ours with its secret wakes anything, and one that runs out is renewed."""

from datetime import timedelta

import pytest
from django.test import Client

from credentials.tests.calendar_clinic import connect_calendar
from credentials.types import Provider
from orgs.scope import org_scope
from scheduling.calendars import channels
from scheduling.calendars.channels import address_of, new_secret, open_channel, read_secret
from scheduling.calendars.tasks import sweep_calendars, sync_calendar
from scheduling.calendars.tests.outside import BOTH, blocks_of, change, connection_of, put_event, read, soon
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def woken(monkeypatch):
    """The wake-ups that notices sent."""
    sent = []
    monkeypatch.setattr("scheduling.api.notices.wake", lambda task, *args: sent.append(args))
    return sent


@pytest.fixture(params=BOTH, ids=["google", "outlook"])
def provider(request, north, sandbox, settings, live_server):
    settings.BACKEND_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    connect_calendar(north, request.param)
    return request.param


@pytest.fixture
def secrets_made(monkeypatch):
    made = []

    def remembering(org_id, connection_id):
        made.append(new_secret(org_id, connection_id))
        return made[-1]

    monkeypatch.setattr(channels, "new_secret", remembering)
    return made


def open_for(org, provider):
    with org_scope(org):
        return open_channel(org=org, connection_id=connection_of(org, provider).pk)


def tell(provider, channel_id, secret, *, times=1):
    if provider is Provider.GOOGLE_CALENDAR:
        headers = {"X-Goog-Channel-ID": channel_id, "X-Goog-Channel-Token": secret, "X-Goog-Resource-State": "exists"}
        return Client().post("/api/calendars/google", headers=headers)
    notice = {"subscriptionId": channel_id, "clientState": secret, "changeType": "updated"}
    return Client().post("/api/calendars/outlook", {"value": [notice] * times}, content_type="application/json")


def test_a_channel_is_opened_and_its_notices_wake_the_reading(north, sandbox, provider, secrets_made, woken):
    assert open_for(north, provider)
    read(north, provider)

    connection = connection_of(north, provider)
    assert connection.channel_id
    assert connection.channel_expires_at > now() + timedelta(days=5)
    assert secrets_made[0] not in str(connection.__dict__)
    assert connection.due_at > now() + timedelta(minutes=4)  # somebody tells us, so we look less often

    woken.clear()
    assert tell(provider, connection.channel_id, secrets_made[0]).status_code in {202, 204}
    assert woken == [(str(north.pk), str(connection.pk))]
    assert connection_of(north, provider).due_at <= now()


def test_an_outside_event_blocks_within_one_notice(north, sandbox, provider, woken):
    open_for(north, provider)
    read(north, provider)
    woken.clear()

    put_event(sandbox, provider, soon())
    wait_for(lambda: woken)
    sync_calendar(*woken[0])

    assert [start for start, _ in blocks_of(north)] == [soon()]


def wait_for(what):
    import time

    deadline = time.monotonic() + 10
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert what()


def test_a_notice_told_many_times_is_one_wake_up(north, sandbox, provider, secrets_made, woken):
    if provider is Provider.GOOGLE_CALENDAR:
        pytest.skip("Google sends one notice a request")
    open_for(north, provider)
    woken.clear()

    tell(provider, connection_of(north, provider).channel_id, secrets_made[0], times=50)

    assert len(woken) == 1


def test_what_is_no_channel_of_ours_changes_nothing(north, south, provider, secrets_made, woken):
    open_for(north, provider)
    read(north, provider)
    woken.clear()
    connection, secret = connection_of(north, provider), secrets_made[0]
    foreign = secret.replace(north.pk.hex, south.pk.hex)

    for channel_id, given in (
        (connection.channel_id, ""),
        (connection.channel_id, "nonsense"),
        (connection.channel_id, f"{secret}x"),
        (connection.channel_id, foreign),
        (connection.channel_id, new_secret(north.pk, connection.pk)),
        ("another", secret),
        ("", secret),
    ):
        assert tell(provider, channel_id, given).status_code == 404

    assert woken == []
    assert connection_of(north, provider).due_at > now()


@pytest.mark.parametrize("body", ["", "[]", "{", '{"value": 3}', '{"value": [3]}', '{"value": [{"clientState": {}}]}'])
def test_bodies_that_graph_never_sends_are_refused(db, woken, body):
    assert Client().post("/api/calendars/outlook", body, content_type="application/json").status_code == 404
    assert Client().get("/api/calendars/outlook").status_code == 405
    assert woken == []


def test_the_address_proves_itself_as_plain_text(db):
    answer = Client().post("/api/calendars/outlook?validationToken=Validation%3A+%3Cb%3E", content_type="text/plain")

    assert answer.content == b"Validation: <b>"
    assert answer["Content-Type"].startswith("text/plain")


def test_a_channel_is_renewed_before_it_ends(north, sandbox, provider, woken):
    open_for(north, provider)
    before = connection_of(north, provider)
    assert not open_for(north, provider)  # not due

    change(north, channel_due_at=now())
    assert open_for(north, provider)

    after = connection_of(north, provider)
    assert after.channel_id not in {"", before.channel_id}


def test_an_address_that_the_provider_refuses_means_polling(north, sandbox, provider, settings):
    settings.BACKEND_URL = "http://clinic.example"

    assert not open_for(north, provider)
    read(north, provider)

    connection = connection_of(north, provider)
    assert connection.channel_id == ""
    assert connection.channel_due_at > now() + timedelta(hours=5)
    assert connection.due_at < now() + timedelta(minutes=2, seconds=5)


def test_a_deployment_without_https_does_not_ask(north, sandbox, provider, settings):
    settings.SANDBOX, settings.BACKEND_URL = False, "http://clinic.example"

    assert not open_for(north, provider)

    assert not [r for r in sandbox.control("GET", "/ledger")["requests"] if "watch" in r["path"]]


def test_secrets_fit_both_providers_and_say_whose_they_are(north, south):
    secret = new_secret(north.pk, south.pk)

    assert len(secret) <= 128
    assert (read_secret(secret).org_id, read_secret(secret).connection_id) == (north.pk, south.pk)
    assert read_secret("a.b.c") is None


def test_the_sweeper_wakes_what_is_due_in_every_clinic(north, south, sandbox, monkeypatch):
    for org in (north, south):
        connect_calendar(org)
    sent = []
    monkeypatch.setattr("scheduling.calendars.tasks.wake", lambda task, *args: sent.append(args[0]))

    assert sweep_calendars() == 2
    assert sorted(sent) == sorted([str(north.pk), str(south.pk)])

    change(north, due_at=now() + timedelta(minutes=1), channel_due_at=None)
    change(south, claimed_until=now() + timedelta(minutes=1))
    assert sweep_calendars() == 0


def test_where_it_is_told_stands_below_the_backends_address(north, sandbox, provider, live_server):
    assert address_of(connection_of(north, provider)).startswith(f"{live_server.url}/api/calendars/")
