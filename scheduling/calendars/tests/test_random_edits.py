"""The figure: a thousand random edits on both sides, with faults; at the end both are equal and nothing is doubled."""

import random
from functools import partial

import pytest

from credentials.types import Provider
from providers.google.writing import GoogleEventWriter
from providers.microsoft.writing import OutlookEventWriter
from scheduling.calendars.returns import take_back
from scheduling.calendars.tests.random_edits import Editors, disagreements
from scheduling.calendars.tests.two_sides import TwoSides
from scheduling.calendars.types import OutsideEvent
from scheduling.models import Appointment, CalendarEvent, CalendarSyncState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EDITS, BETWEEN_SYNCS = int(__import__('os').environ.get('EDITS', '1000')), 16
BOTH = (Provider.GOOGLE_CALENDAR, Provider.OUTLOOK_CALENDAR)


class Reader:
    """Pages of what changed: told in any order, some of it twice, now and then all of it again."""

    def __init__(self, sides, rng):
        self.sides, self.rng, self.seq = sides, rng, 0

    def __call__(self):
        sides, rng = self.sides, self.rng
        events = sides.sandbox.control("GET", "/calendars")["events"]
        since = 0 if rng.randrange(20) == 0 else self.seq
        told = [_outside(item) for item in events if item["seq"] > since for _ in range(rng.choice((1, 1, 2)))]
        self.seq = max((item["seq"] for item in events), default=0)
        rng.shuffle(told)
        connection = sides.connection
        with sides.ours():
            for event in told:
                take_back(org=sides.org, connection=connection, event=event)


def _outside(item):
    body = item["body"]
    mark = ((body.get("extendedProperties") or {}).get("private") or {}).get("voxanne_appointment")
    etag = str(body.get("etag") or body.get("@odata.etag") or "")
    return OutsideEvent(item["id"], None, None, item["removed"], etag, mark, True)


@pytest.mark.parametrize("provider", BOTH, ids=["google", "outlook"])
def test_a_thousand_random_edits_on_both_sides_come_to_the_same(north, sandbox, monkeypatch, provider):
    for name, kind in (("GoogleEventWriter", GoogleEventWriter), ("OutlookEventWriter", OutlookEventWriter)):
        monkeypatch.setattr(f"scheduling.calendars.writers.{name}", partial(kind, timeout_s=0.5))
    monkeypatch.setattr("orgs.tasks.wake", lambda *_args, **_options: True)  # there is no worker but the test
    sides, rng = TwoSides(north, provider, sandbox), random.Random(20261120)
    editors = Editors(sides, rng, read=Reader(sides, rng))
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
    assert editors.done["faults"] > 10
    assert editors.done["deaths"] > 10
    assert all(editors.done[what] > 30 for what in ("book", "move", "cancel", "drag", "delete", "add"))
