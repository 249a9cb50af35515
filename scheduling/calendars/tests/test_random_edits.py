"""The figure: a thousand random edits on both sides, with faults; at the end both are equal and nothing is doubled."""

import random

import pytest

from credentials.types import Provider
from scheduling.calendars.tests.random_edits import Editors, disagreements
from scheduling.calendars.tests.two_sides import TwoSides
from scheduling.models import Appointment, CalendarEvent, CalendarSyncState
from voxanne.http import ProviderClient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EDITS, BETWEEN_SYNCS = 500, 16  # with each of the two
BOTH = (Provider.GOOGLE_CALENDAR, Provider.OUTLOOK_CALENDAR)


@pytest.mark.parametrize("provider", BOTH, ids=["google", "outlook"])
def test_a_thousand_random_edits_on_both_sides_come_to_the_same(north, sandbox, monkeypatch, provider):
    monkeypatch.setitem(ProviderClient.__init__.__kwdefaults__, "timeout_s", 1.0)
    monkeypatch.setattr("providers.transport.TIMEOUT_S", 1.0)
    monkeypatch.setattr("orgs.tasks.wake", lambda *_args, **_options: True)  # there is no worker but the test
    sides, rng = TwoSides(north, provider, sandbox), random.Random(20261120)
    editors = Editors(sides, rng)
    for number in range(EDITS):
        editors.edit()
        if number % BETWEEN_SYNCS == 0:
            editors.sync()
    editors.come_to_rest()

    assert disagreements(sides) == []
    with sides.ours():
        states = set(CalendarEvent.objects.values_list("state", flat=True))
        shown = set(Appointment.objects.values_list("calendar_sync_state", flat=True))
    assert states == {"synced"}
    assert shown <= {CalendarSyncState.SYNCED, CalendarSyncState.NONE}
    done = editors.done
    assert all(done[what] > 15 for what in ("book", "move", "cancel", "drag", "delete", "add", "drag_foreign")), done
    assert all(done[what] > 3 for what in ("faults", "deaths", "expired")), done
