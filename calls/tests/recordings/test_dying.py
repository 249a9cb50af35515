"""A worker that dies while it looks after a recording: the next sweep brings the same end, and nothing lies about."""

from datetime import timedelta

import pytest
import time_machine

from calls.recordings.keeping import LEASE, Outcome, claim_due
from calls.recordings.purging import delete_recording
from calls.tests.dying import die_at, killed
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db
MODULE = "calls.recordings.keeping"
LATER = LEASE + timedelta(seconds=1)


def files_in(storage):
    return [path for path in storage.rglob("*") if path.is_file()]


def die(clinic, recording, point, monkeypatch):
    with monkeypatch.context() as patch:
        die_at(patch, point, MODULE)
        killed(lambda: clinic.look_after(recording))
    assert clinic.look_after(recording) == Outcome.BUSY, "nobody takes from a worker that may live"
    assert claim_due() == []


@pytest.mark.parametrize(("point", "fetched"), [("recording.claimed", 0), ("recording.stored", 1)])
def test_one_that_died_over_a_fetch_is_followed_by_one_that_keeps_one_file(
    clinic, storage, monkeypatch, point, fetched
):
    recording = clinic.want(clinic.call_at_vapi())
    die(clinic, recording, point, monkeypatch)
    row = clinic.row(recording)
    assert (row.state, row.key_sealed, row.call.recording_status, len(files_in(storage))) == (
        "processing", "", "processing", fetched,
    )  # fmt: skip

    with time_machine.travel(now() + LATER, tick=True):
        assert claim_due() == [(clinic.org.pk, recording.pk)]
        assert [clinic.look_after(recording) for _ in range(2)] == [Outcome.FETCHED, Outcome.BUSY]
        assert claim_due() == []

    row, [file] = clinic.row(recording), files_in(storage)
    assert (row.state, row.attempts, row.claim, row.call.recording_status) == ("completed", 2, None, "completed")
    assert row.storage_name.endswith(file.name)
    assert len(clinic.sandbox.requests_to_vapi("GET", "/storage")) == fetched + 1


def test_one_that_died_after_a_file_was_removed_is_followed_by_one_that_notes_it(clinic, storage, monkeypatch):
    recording = clinic.want(clinic.call_at_vapi())
    clinic.look_after(recording)
    with org_scope(clinic.org), org_tx():
        delete_recording(clinic.row(recording), actor=Actor.system(clinic.org.pk), why="asked")
    die(clinic, recording, "recording.removed", monkeypatch)
    assert files_in(storage) == []

    with time_machine.travel(now() + LATER, tick=True):
        assert clinic.look_after(recording) == Outcome.REMOVED
    row = clinic.row(recording)
    assert (row.state, row.storage_name, row.claim, row.due_at) == ("deleted", "", None, None)
