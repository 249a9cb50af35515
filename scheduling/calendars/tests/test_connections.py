"""A connection is there while its credential is."""

from datetime import timedelta

import pytest

from credentials import connections as credential_connections
from credentials.models import OrgCredential
from credentials.tests.calendar_clinic import connect_calendar
from credentials.types import Provider
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from scheduling.calendars.connections import backfill_connections
from scheduling.models import CalendarBusyBlock, CalendarConnection, ConnectionState
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = (Provider.GOOGLE_CALENDAR, Provider.OUTLOOK_CALENDAR)


def connections_of(org):
    with org_scope(org), org_tx():
        return list(CalendarConnection.objects.order_by("provider"))


@pytest.mark.parametrize("provider", BOTH)
def test_connecting_a_calendar_makes_a_connection_that_is_due_at_once(north, sandbox, provider):
    connect_calendar(north, provider)

    (connection,) = connections_of(north)
    assert (connection.provider, connection.calendar_id) == (provider.value, "primary")
    assert connection.state == ConnectionState.CONNECTING
    assert connection.due_at <= now()


def test_connecting_again_reads_everything_again_and_keeps_whose_diary_it_is(north, sandbox):
    connect_calendar(north)
    with org_scope(north), org_tx():
        CalendarConnection.objects.update(sync_token="old", last_synced_at=now(), channel_id="old", attempts=3)

    connect_calendar(north)

    (connection,) = connections_of(north)
    assert (connection.sync_token, connection.last_synced_at, connection.channel_id) == ("", None, "")


def test_disconnecting_takes_the_connection_and_its_blocks_away(north, south, sandbox):
    connect_calendar(north)
    connect_calendar(south)
    with org_scope(north), org_tx():
        connection = CalendarConnection.objects.get()
        CalendarBusyBlock.objects.create(
            connection=connection, event_id="e", starts_at=now(), ends_at=now() + timedelta(hours=1)
        )

    credential_connections.disconnect(org=north, provider=Provider.GOOGLE_CALENDAR, actor=Actor.system(north.pk))

    assert connections_of(north) == []
    assert len(connections_of(south)) == 1
    with org_scope(north), org_tx():
        assert not CalendarBusyBlock.objects.exists()


def test_credentials_from_before_get_their_connection(north, sandbox):
    connect_calendar(north)
    with org_scope(north), org_tx():
        CalendarConnection.objects.all().delete()
        assert OrgCredential.objects.filter(provider=Provider.GOOGLE_CALENDAR).exists()

    assert backfill_connections() == 1
    assert backfill_connections() == 0
    assert len(connections_of(north)) == 1
