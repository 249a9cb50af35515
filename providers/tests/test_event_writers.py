"""Events of ours in both kinds of calendar, against the sandbox over HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from providers.calendar_events import EventChanged, EventDraft, EventExists
from providers.google import client as google
from providers.google.writing import GoogleEventWriter, event_id_for
from providers.microsoft import client as microsoft
from providers.microsoft.writing import OutlookEventWriter
from providers.testing import TROUBLE
from providers.testing_oauth import answer_consent, new_pkce
from voxanne.errors import NotFoundAtProvider, Timeout, Unauthorized

BACK = "https://app.voxanne.test/callback"
NOON = datetime(2027, 1, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KINDS = {"google": (google, GoogleEventWriter), "microsoft": (microsoft, OutlookEventWriter)}


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def sandbox(provider_sandbox):
    return provider_sandbox


@pytest.fixture
def open_writer(sandbox, kind):
    client, writer = KINDS[kind]

    def open_one(*, calendar_id="primary", **options):
        pkce = new_pkce()
        address = client.authorize_url(redirect_uri=BACK, state="s" * 40, code_challenge=pkce.challenge)
        code = answer_consent(address)["code"]
        grant = client.exchange_code(code=code, redirect_uri=BACK, code_verifier=pkce.verifier)
        return writer(grant.access_token, calendar_id=calendar_id, **options)

    return open_one


@pytest.fixture
def writer(open_writer):
    return open_writer()


@pytest.fixture
def draft():
    return EventDraft(
        org_id=uuid4(), appointment_id=uuid4(), key=uuid4(), summary="Consultation: Ana Reyes",
        description="Reference AB12CD", starts_at=NOON, ends_at=NOON + HOUR, time_zone="Europe/London",
    )  # fmt: skip


def find(writer, draft, event):
    return writer.find_event(appointment_id=draft.appointment_id, event_id=event.event_id)


def in_calendar(sandbox):
    return [event for event in sandbox.control("GET", "/calendars")["events"] if not event["removed"]]


def move_outside(sandbox, kind, event, by=HOUR):
    times = {"start": (NOON + by).isoformat(), "end": (NOON + by + HOUR).isoformat()}
    sandbox.control("PATCH", f"/{kind}/events/{event.event_id}", times)


def test_an_event_is_created_changed_and_deleted(sandbox, writer, draft):
    made = writer.create_event(draft)
    later = replace(draft, starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR, is_tentative=True)
    changed = writer.change_event(made.event_id, later, etag=made.etag)
    found = writer.find_event(appointment_id=draft.appointment_id, event_id="")
    writer.delete_event(made.event_id)
    writer.delete_event(made.event_id)

    assert (made.starts_at, made.ends_at, found.appointment_id) == (NOON, NOON + HOUR, draft.appointment_id)
    assert changed.etag != made.etag
    assert (found.starts_at, found.ends_at, found.event_id) == (later.starts_at, later.ends_at, made.event_id)
    assert found.is_as_written
    assert find(writer, draft, made).is_deleted
    assert in_calendar(sandbox) == []


def test_what_is_not_there_is_not_found(writer, draft):
    assert writer.find_event(appointment_id=draft.appointment_id, event_id="") is None


def test_creating_twice_makes_one_event(sandbox, writer, draft, kind):
    made = writer.create_event(draft)
    if kind == "google":
        with pytest.raises(EventExists):
            writer.create_event(draft)
    else:
        assert writer.create_event(draft).event_id == made.event_id

    assert len(in_calendar(sandbox)) == 1


def test_a_lost_answer_is_read_back(sandbox, writer, draft, kind):
    sandbox.spoil(provider=kind, drop_rate=1, after_work=True, times=1)
    with pytest.raises(Exception, match="Unavailable"):
        writer.create_event(draft)

    found = writer.find_event(appointment_id=draft.appointment_id, event_id="")

    assert (found.starts_at, found.appointment_id) == (NOON, draft.appointment_id)
    assert found.is_as_written


def test_what_somebody_moved_is_not_overwritten_by_an_older_version(sandbox, writer, draft, kind):
    made = writer.create_event(draft)
    move_outside(sandbox, kind, made)

    with pytest.raises(EventChanged):
        writer.change_event(made.event_id, draft, etag=made.etag)

    found = find(writer, draft, made)
    assert found.starts_at == NOON + HOUR
    assert not found.is_as_written
    writer.change_event(made.event_id, draft, etag=found.etag)
    assert find(writer, draft, made).is_as_written


def test_a_deleted_event_can_be_put_back(sandbox, writer, draft, kind):
    made = writer.create_event(draft)
    sandbox.control("DELETE", f"/{kind}/events/{made.event_id}")
    gone = find(writer, draft, made)
    if kind == "google":
        back = writer.change_event(gone.event_id, draft, etag=gone.etag)
    else:
        with pytest.raises(EventChanged):
            writer.change_event(made.event_id, draft, etag=made.etag)
        back = writer.create_event(replace(draft, key=uuid4()))

    assert gone.is_deleted
    assert find(writer, draft, back).starts_at == NOON
    assert len(in_calendar(sandbox)) == 1


def test_only_our_own_events_of_the_time_are_listed(sandbox, writer, draft, kind):
    made = [writer.create_event(replace(draft, appointment_id=uuid4(), key=uuid4())) for _ in range(12)]
    writer.create_event(replace(draft, org_id=uuid4(), appointment_id=uuid4(), key=uuid4()))
    after = replace(
        draft, appointment_id=uuid4(), key=uuid4(), starts_at=NOON + 48 * HOUR, ends_at=NOON + 49 * HOUR
    )  # fmt: skip
    writer.create_event(after)
    times = {"start": NOON.isoformat(), "end": (NOON + HOUR).isoformat()}
    sandbox.control("POST", f"/{kind}/events", {"email": "reception@north.example", **times})

    listed = writer.list_own_events(org_id=draft.org_id, since=NOON - HOUR, until=NOON + 24 * HOUR)

    assert {event.event_id for event in listed} == {event.event_id for event in made}
    assert all(event.is_as_written for event in listed)


def test_pages_are_followed(monkeypatch, writer, draft, kind):
    monkeypatch.setattr(f"providers.{kind}.writing.PAGE_SIZE", 2)
    for _ in range(5):
        writer.create_event(replace(draft, appointment_id=uuid4(), key=uuid4()))

    assert len(writer.list_own_events(org_id=draft.org_id, since=NOON, until=NOON + HOUR)) == 5


def test_a_calendar_that_is_gone_is_no_deleted_event(open_writer, draft, kind):
    writer = open_writer(calendar_id="elsewhere")
    with pytest.raises(NotFoundAtProvider):
        writer.create_event(draft)
    if kind == "google":
        assert writer.find_event(appointment_id=draft.appointment_id, event_id=event_id_for(uuid4())) is None
    else:
        with pytest.raises(NotFoundAtProvider):
            writer.find_event(appointment_id=draft.appointment_id, event_id="AAMkgone")


def test_an_event_of_whole_days_has_no_times(sandbox, writer, draft, kind):
    made = writer.create_event(draft)
    if kind == "google":
        day = {"start": {"date": "2027-01-12", "dateTime": None}, "end": {"date": "2027-01-13", "dateTime": None}}
        path = f"/calendar/v3/calendars/primary/events/{made.event_id}"
    else:
        day, path = {"isAllDay": True}, f"/me/events/{made.event_id}"
    writer._api.request("PATCH", path, operation="test", json=day)

    found = find(writer, draft, made)

    assert (found.starts_at, found.is_as_written) == (None, False)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_trouble_is_told_by_its_kind_after_one_try(sandbox, writer, draft, kind, trouble):
    fault, error = trouble
    before = len(sandbox.requests_to(kind))
    sandbox.spoil(provider=kind, **fault)

    with pytest.raises(error):
        writer.create_event(draft)

    assert len(sandbox.requests_to(kind)) == before + 1


def test_silence_is_a_timeout(sandbox, open_writer, draft, kind):
    writer = open_writer(timeout_s=0.3)
    sandbox.spoil(provider=kind, timeout_rate=1)

    with pytest.raises(Timeout):
        writer.create_event(draft)


def test_a_token_that_is_not_accepted_is_told(sandbox, kind, draft):
    with pytest.raises(Unauthorized):
        KINDS[kind][1]("nonsense", calendar_id="primary").create_event(draft)


def test_an_appointments_id_is_one_that_google_takes():
    assert event_id_for(uuid4()).isalnum()
    assert len(event_id_for(uuid4())) == 26
