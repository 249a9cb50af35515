"""Recordings leave when the clinic's time for them is over."""

from datetime import timedelta

import pytest

from calls.recordings.keeping import Outcome, look_after
from calls.recordings.models import Recording
from calls.recordings.purging import delete_recording, purge_expired
from calls.recordings.tickets import Ticket, issue_ticket
from calls.tests.recordings.conftest import hear, record
from orgs.actors import Actor
from orgs.models import AuditEntry, IntegrationSettings
from orgs.scope import org_scope, org_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db


def row_of(recording):
    with org_scope(recording.org_id), org_tx():
        return Recording.objects.select_related("call").get(pk=recording.pk)


def age(recording, **ago):
    with org_scope(recording.org_id), org_tx():
        Recording.objects.filter(pk=recording.pk).update(recorded_at=now() - timedelta(**ago))


def keep_for(org, days):
    with org_scope(org), org_tx():
        IntegrationSettings.objects.update(recording_retention_days=days)


def test_each_clinic_keeps_them_for_as_many_days_as_it_says(north, south, storage):
    keep_for(north, 30)
    keep_for(south, 31)
    old, young, other = record(north), record(north), record(south)
    for recording, days in ((old, 30), (young, 29), (other, 30)):
        age(recording, days=days, minutes=1)

    assert purge_expired() == 1
    assert purge_expired() == 0
    assert [row_of(one).state for one in (old, young, other)] == ["deleted", "completed", "completed"]


def test_the_key_goes_first_and_the_file_after_it(north, recorded, storage):
    keep_for(north, 0)
    purge_expired()

    row = row_of(recorded)
    assert (row.key_sealed, row.call.recording_status, row.call.recording_url) == ("", "", "")
    assert (storage / row.storage_name).exists()
    assert look_after(org=north, recording_id=row.pk) == Outcome.REMOVED
    assert not (storage / row.storage_name).exists()
    assert look_after(org=north, recording_id=row.pk) == Outcome.BUSY


def test_whoever_was_listening_hears_nothing_more(north, recorded):
    ticket = issue_ticket(Ticket(north.pk, recorded.pk))
    assert hear(ticket).status == 200

    with org_scope(north), org_tx():
        assert delete_recording(recorded, actor=Actor.system(north.pk), why="asked")
        assert not delete_recording(recorded, actor=Actor.system(north.pk), why="asked")
        [entry] = AuditEntry.objects.filter(action="recording.deleted")

    assert hear(ticket).status == 410
    assert entry.details == {"why": "asked"}


def test_one_that_is_being_fetched_is_not_kept(clinic, storage, monkeypatch):
    recording = clinic.want(clinic.call_at_vapi())

    def fetched_meanwhile(name):
        if name == "recording.stored":
            with org_scope(clinic.org), org_tx():
                delete_recording(recording, actor=Actor.system(clinic.org.pk), why="asked")

    monkeypatch.setattr("calls.recordings.keeping.failpoint", fetched_meanwhile)

    assert clinic.look_after(recording) == Outcome.BUSY
    assert clinic.row(recording).state == "deleted"
    assert [path for path in storage.rglob("*") if path.is_file()] == []


def test_the_page_says_that_it_was_deleted(north, recorded, sign_in, north_owner):
    keep_for(north, 0)
    purge_expired()

    page = sign_in(north_owner).get(f"/dashboard/calls/{recorded.call_id}").text

    assert "<audio" not in page
    assert "Deleted" in page
