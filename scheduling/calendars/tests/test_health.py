"""How well a calendar is followed, judged from facts; what a stale one changes; and who hears of it, once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine

from credentials.tests.calendar_clinic import connect_calendar
from credentials.types import Provider
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from scheduling.calendars import health
from scheduling.calendars.health import Facts, calendar_health, judge, register_drift
from scheduling.calendars.tasks import check_calendars
from scheduling.calendars.tests.outside import change, connection_of, read
from scheduling.calendars.types import Trouble
from scheduling.calendars.watching import check_connection
from scheduling.changing import Move, move_appointment
from scheduling.errors import AskTheTeam
from scheduling.models import CalendarConnection, ConnectionState, SchedulingSettings
from scheduling.policies import bookings_need_approval
from scheduling.tests.factories import make_appointment, make_connection
from voxanne.clock import now

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def facts(**changes):
    known = {
        "connection_id": uuid4(),
        "label": "Google Calendar",
        "connected_at": AT - timedelta(days=3),
        "last_synced_at": AT - MINUTE,
        **changes,
    }
    return Facts(**known)


@pytest.mark.parametrize(
    ("ago", "is_stale"),
    [
        (timedelta(0), False),
        (14 * MINUTE, False),
        (15 * MINUTE, False),
        (15 * MINUTE + timedelta(microseconds=1), True),
        (16 * MINUTE, True),
        (timedelta(days=2), True),
    ],
)
def test_a_calendar_is_stale_after_fifteen_minutes(ago, is_stale):
    assert judge(facts(last_synced_at=AT - ago), at=AT, zone=LONDON).is_stale is is_stale


@pytest.mark.parametrize(("ago", "is_stale"), [(15 * MINUTE, False), (16 * MINUTE, True)])
def test_one_that_was_never_read_counts_from_when_it_was_connected(ago, is_stale):
    judged = judge(facts(connected_at=AT - ago, last_synced_at=None), at=AT, zone=LONDON)

    assert judged.is_stale is is_stale


def test_what_is_wrong_is_said_with_what_to_do():
    stale = judge(facts(last_synced_at=AT - 20 * MINUTE), at=AT, zone=LONDON)
    refused = judge(facts(needs_person=True, error="Google Calendar refused. Connect it again."), at=AT, zone=LONDON)
    drifted = judge(facts(drift=2), at=AT, zone=LONDON)

    assert stale.sentence.startswith("We have not been able to read your Google Calendar since 15:40.")
    assert "your team confirms each new booking" in stale.sentence
    assert refused.sentence == "Google Calendar refused. Connect it again."
    assert drifted.sentence.startswith("2 events in Google Calendar differ")
    assert (stale.troubles, refused.troubles, drifted.troubles) == (
        (Trouble.STALE,),
        (Trouble.ACCESS,),
        (Trouble.DRIFT,),
    )


def test_a_channel_is_missed_only_where_there_could_be_one():
    assert Trouble.CHANNEL in judge(facts(wants_channel=True), at=AT, zone=LONDON).troubles
    assert judge(facts(), at=AT, zone=LONDON).troubles == ()
    assert judge(facts(), at=AT, zone=LONDON).sentence == ""


def test_without_a_calendar_nothing_waits(north, working_for):
    with working_for(north):
        assert not calendar_health(north).is_stale
        assert not bookings_need_approval(north)


def test_a_stale_calendar_makes_bookings_wait_and_ends_by_itself(north, south, working_for):
    with working_for(south):
        make_connection(last_synced_at=now() - timedelta(hours=1))
    with working_for(north):
        connection = make_connection()
        with time_machine.travel(now() + 16 * MINUTE, tick=False):
            assert bookings_need_approval(north)
            CalendarConnection.objects.filter(pk=connection.pk).update(last_synced_at=now())
            assert not bookings_need_approval(north)
            SchedulingSettings.objects.create(needs_approval=True)
            assert bookings_need_approval(north)


def test_a_caller_does_not_move_blindly(north, working_for):
    with working_for(north):
        row = make_appointment(now() + timedelta(days=7))
        make_connection(last_synced_at=now() - 16 * MINUTE)
        wish = Move(appointment_id=row.pk, starts_at=row.starts_at + timedelta(hours=1), by_caller=True)
        with pytest.raises(AskTheTeam, match="calendar"):
            move_appointment(org=north, move=wish, actor=None)


@pytest.fixture
def connected(north, sandbox, north_owner):
    connect_calendar(north)
    read(north, Provider.GOOGLE_CALENDAR)
    return north


def check(org):
    with org_scope(org):
        return check_connection(org=org, connection_id=connection_of(org, Provider.GOOGLE_CALENDAR).pk)


def actions(org):
    with org_scope(org), org_tx():
        found = AuditEntry.objects.filter(org=org, action__startswith="calendar.").order_by("id")
        return [entry.action for entry in found]


@pytest.mark.django_db(transaction=True)
def test_the_admins_are_told_once_of_an_incident_and_of_the_next(connected, mailoutbox):
    for _ in range(2):
        mailoutbox.clear()
        change(connected, last_synced_at=now() - 16 * MINUTE)
        check(connected)
        check(connected)

        (mail,) = mailoutbox
        assert mail.subject == "Google Calendar does not answer"
        assert "/dashboard/settings/calendar" in mail.body
        read(connected, Provider.GOOGLE_CALENDAR)
        check(connected)
        assert connection_of(connected, Provider.GOOGLE_CALENDAR).stale_since is None

    assert actions(connected) == ["calendar.went_stale", "calendar.followed_again"] * 2


@pytest.mark.django_db(transaction=True)
def test_a_refused_account_is_told_by_its_own_alert_alone(connected, mailoutbox):
    change(connected, state=ConnectionState.ATTENTION, error="Connect again.", last_synced_at=now() - 16 * MINUTE)

    assert check(connected).is_stale
    assert mailoutbox == []


@pytest.mark.django_db(transaction=True)
def test_drift_is_counted_now_and_then(connected, monkeypatch):
    monkeypatch.setattr(health, "_drift", [])
    asked = []
    register_drift(lambda org, connection: asked.append(connection.pk) or 3)

    assert Trouble.DRIFT in check(connected).troubles
    assert Trouble.DRIFT in check(connected).troubles
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_every_clinic_is_looked_after(connected, south, sandbox, monkeypatch):
    connect_calendar(south, Provider.OUTLOOK_CALENDAR)
    monkeypatch.setattr("scheduling.calendars.tasks.wake", lambda task, *args: task(*args))

    assert check_calendars() == 2
    assert connection_of(south, Provider.OUTLOOK_CALENDAR).checked_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_grant_that_lost_a_box_needs_a_person(north, sandbox, north_owner):
    connect_calendar(north, scopes=("https://www.googleapis.com/auth/userinfo.email",))

    assert Trouble.ACCESS in check(north).troubles
    assert connection_of(north, Provider.GOOGLE_CALENDAR).state == ConnectionState.ATTENTION
