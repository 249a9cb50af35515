"""A worker that dies while it asks Vapi: the next sweep tells each call once, whatever had been told before."""

from datetime import timedelta

import pytest

from calls.models import SILENT_FOR, AccountReading
from calls.reconciling import unheard
from calls.reconciling.silent import Asked
from calls.reconciling.unheard import LEASE
from calls.tests import payloads
from calls.tests.dying import die_at, killed
from orgs.scope import service_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


def told(deaf):
    """The end state of the only call, and what came into the inbox about it."""
    (call,) = deaf.calls()
    return (call.status, call.ended_reason, call.outcome_summary, call.duration_seconds), deaf.events()


@pytest.mark.parametrize(("point", "events"), [("reconciling.asked", 1), ("reconciling.told", 2)])
def test_a_silent_call_is_told_once_whenever_the_one_who_asked_died(deaf, later, monkeypatch, point, events):
    entry = deaf.ring()
    deaf.hear(payloads.status("in-progress", call_id=entry["id"]), entry)
    with monkeypatch.context() as patch:
        die_at(patch, point, "calls.reconciling.silent")
        killed(deaf.ask)
    assert len(deaf.events()) == events
    assert deaf.ask() == [], "it is asked about again in a while"

    later.shift(SILENT_FOR + SECOND)
    assert deaf.ask() == ([Asked.REPORT] if events == 1 else []), "what is in the inbox already has told it"

    state, inbox = told(deaf)
    assert (state[0], len(inbox)) == ("completed", 2)
    assert state[2]
    later.shift(SILENT_FOR + SECOND)
    assert deaf.ask() == []
    assert told(deaf) == (state, inbox)


@pytest.mark.parametrize("point", ["reconciling.taken", "reconciling.read"])
def test_a_call_that_nobody_heard_of_is_found_once_whenever_the_reader_died(deaf, later, monkeypatch, point):
    deaf.ring()
    unheard.accounts_to_read()
    with service_tx("test"):
        AccountReading.objects.update(read_until=now() - timedelta(minutes=50))  # one stretch reaches until now
    with monkeypatch.context() as patch:
        die_at(patch, point, "calls.reconciling.unheard")
        patch.setattr("calls.reconciling.unheard._Reading.release", lambda self: None)
        killed(deaf.look_through)
    found = len(deaf.events())
    assert found == (1 if point == "reconciling.read" else 0)
    assert deaf.look_through() == 0, "nobody takes the account from a reader that may live"

    later.shift(LEASE + SECOND)
    assert deaf.look_through() == 1 - found

    state, inbox = told(deaf)
    assert (state[0], len(inbox)) == ("completed", 1)
    assert deaf.look_through() == 0
    assert told(deaf) == (state, inbox)
