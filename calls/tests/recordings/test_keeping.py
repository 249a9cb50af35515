"""From a report to sound in our storage, whatever Vapi, its storage and ours do on the way."""

from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage

from calls.models import Call
from calls.recordings.files import open_file
from calls.recordings.keeping import Outcome, claim_due
from calls.recordings.models import RecordingState
from calls.tests import payloads
from calls.tests.recordings.conftest import LOCATOR
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db


def sound_of(recording):
    with org_scope(recording.org_id), open_file(recording) as file:
        return b"".join(file.read_range(0, recording.size_bytes))


def files_in(storage):
    return [path for path in storage.rglob("*") if path.is_file()]


def test_a_recording_is_fetched_and_kept_where_nobody_can_read_it(clinic, storage):
    recording = clinic.want(clinic.call_at_vapi())

    assert clinic.look_after(recording) == Outcome.FETCHED
    row = clinic.row(recording)
    [file] = files_in(storage)
    sound = sound_of(row)
    assert (row.state, row.content_type, row.attempts, row.due_at, row.claim) == (
        "completed",
        "audio/wav",
        1,
        None,
        None,
    )
    assert sound[:4] == b"RIFF"
    assert len(sound) == row.size_bytes
    assert row.seconds == pytest.approx((len(sound) - 44) / 16000)
    assert b"RIFF" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert row.key_sealed.startswith("v1:")


def test_the_calls_columns_follow_and_never_show_a_link_of_vapis(clinic):
    recording = clinic.want(clinic.call_at_vapi())
    assert recording.call.recording_status == "pending"

    clinic.look_after(recording)

    call = clinic.row(recording).call
    assert (call.recording_status, call.recording_url) == ("completed", f"/dashboard/calls/{call.pk}/recording")


def test_vapis_storage_is_asked_without_our_key(clinic):
    clinic.look_after(clinic.want(clinic.call_at_vapi()))

    [request] = clinic.sandbox.requests_to_vapi("GET", "/storage")
    assert "authorization" not in {name.lower() for name in request["headers"]}


def test_a_report_wants_its_recording_once_however_often_it_comes(line, deliver, working_for):
    for _ in range(2):
        deliver(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    deliver(payloads.stub_report(call_id="c1", assistant_id=line.assistant_id))

    with working_for(line.org):
        call = Call.objects.get()
        [recording] = call.recordings.all()
    assert (recording.state, recording.locator) == ("pending", "https://storage.vapi.example/call-mono.wav")
    assert (call.recording_status, call.recording_url) == ("pending", "")
    assert recording.recorded_at == call.ended_at


def test_a_late_message_does_not_undo_what_was_fetched(clinic, line, deliver, working_for):
    deliver(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    with working_for(line.org):
        Call.objects.update(recording_status="completed", recording_url="/ours")

    deliver(payloads.status("ended", call_id="c1", at=218, assistant_id=line.assistant_id))

    with working_for(line.org):
        assert Call.objects.values_list("recording_status", "recording_url").get() == ("completed", "/ours")


def test_a_call_that_was_not_recorded_has_none(line, deliver, working_for):
    deliver(payloads.stub_report(call_id="c1", assistant_id=line.assistant_id))

    with working_for(line.org):
        call = Call.objects.get()
        assert (call.recordings.count(), call.recording_status) == (0, "")


@pytest.mark.parametrize(
    ("recordings", "attempts", "words"),
    [
        ("dead", 5, "has no recording of this call"),
        ("not_audio", 3, "is not a recording"),
        ("huge", 1, "larger than we keep"),
    ],
)
def test_what_cannot_be_kept_is_tried_so_often_and_then_told(clinic, storage, recordings, attempts, words):
    clinic.sandbox.control("PUT", "/vapi", {"recordings": recordings})
    recording = clinic.want(clinic.call_at_vapi())
    clinic.change(recording, attempts=attempts - 1)

    assert clinic.look_after(recording) == Outcome.FAILED
    row = clinic.row(recording)
    assert words in row.problem
    assert (row.state, row.due_at, row.storage_name) == ("failed", None, "")
    assert row.call.recording_status == "failed"
    assert files_in(storage) == []


def test_a_recording_that_is_not_ready_yet_is_asked_for_later(clinic, storage):
    recording = clinic.want()

    assert clinic.look_after(recording) == Outcome.AGAIN
    row = clinic.row(recording)
    assert (row.state, row.problem_code, row.call.recording_status) == ("pending", "gone", "pending")
    assert timedelta(seconds=20) < row.due_at - now() <= timedelta(seconds=30)


@pytest.mark.parametrize("operation", ["GET /call/{id}/mono-recording", "GET /storage/{id}-mono.wav"])
@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"drop_rate": 1}])
def test_vapi_being_away_costs_time_alone(clinic, operation, fault):
    recording = clinic.want(clinic.call_at_vapi())
    clinic.sandbox.spoil(operation=operation, **fault)

    assert clinic.look_after(recording) == Outcome.AGAIN
    assert clinic.row(recording).problem_code == "away"

    clinic.sandbox.heal()
    assert clinic.look_after(recording) == Outcome.FETCHED
    row = clinic.row(recording)
    assert (row.state, row.problem, row.attempts) == ("completed", "", 2)


def test_a_worker_waits_for_nobody_while_vapi_is_away(clinic):
    """Hundreds of recordings may fall due in one outage; calls' reports and confirmations need the same workers."""
    recording = clinic.want(clinic.call_at_vapi())
    clinic.sandbox.spoil(operation="GET /call/{id}/mono-recording", status=500)

    clinic.look_after(recording)

    assert len(clinic.sandbox.requests_to_vapi("GET", f"/call/{recording.call.vapi_call_id}/mono-recording")) == 1
    assert clinic.row(recording).due_at <= now() + timedelta(seconds=30)


def test_a_storage_that_is_full_costs_time_alone(clinic, monkeypatch):
    recording = clinic.want(clinic.call_at_vapi())

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(FileSystemStorage, "_save", full)
        assert clinic.look_after(recording) == Outcome.AGAIN
    assert clinic.row(recording).problem_code == "not_kept"
    assert clinic.look_after(recording) == Outcome.FETCHED


def test_two_workers_fetch_it_once(clinic):
    recording = clinic.want(clinic.call_at_vapi())
    clinic.change(recording, claimed_until=now() + timedelta(minutes=1))

    assert clinic.look_after(recording) == Outcome.BUSY
    assert clinic.sandbox.requests_to_vapi("GET", "/storage") == []


def test_what_a_dead_worker_left_is_taken_over_and_its_file_removed(clinic, storage):
    recording = clinic.want(clinic.call_at_vapi())
    name = f"{clinic.org.pk}/{recording.pk}-dead"
    (storage / str(clinic.org.pk)).mkdir()
    (storage / name).write_bytes(b"half a file")
    clinic.change(
        recording, state="processing", storage_name=name, attempts=1, claimed_until=now() - timedelta(seconds=1)
    )

    assert clinic.look_after(recording) == Outcome.FETCHED
    [file] = files_in(storage)
    assert file == storage / clinic.row(recording).storage_name


def test_one_that_kills_its_workers_is_given_up(clinic):
    recording = clinic.want(clinic.call_at_vapi())
    clinic.change(recording, attempts=8)

    assert clinic.look_after(recording) == Outcome.FAILED
    assert clinic.sandbox.requests_to_vapi("GET", "/storage") == []


def test_one_that_is_here_is_not_fetched_again(clinic):
    recording = clinic.want(clinic.call_at_vapi())
    clinic.look_after(recording)

    assert clinic.look_after(recording) == Outcome.BUSY
    assert len(clinic.sandbox.requests_to_vapi("GET", "/storage")) == 1


def test_the_sweeper_wakes_what_is_due_and_not_what_is_held(clinic):
    due, held, later = clinic.want(), clinic.want(), clinic.want()
    clinic.change(held, claimed_until=now() + timedelta(minutes=1))
    clinic.change(later, due_at=now() + timedelta(minutes=1))

    assert claim_due() == [(clinic.org.pk, due.pk)]
    assert claim_due() == []


def test_staff_may_have_one_that_failed_fetched_again(clinic, sign_in, north_owner):
    recording = clinic.want(clinic.call_at_vapi())
    clinic.change(recording, state=RecordingState.FAILED, attempts=5, due_at=None, problem="Gone.")
    address = f"/dashboard/calls/{recording.call_id}/recording/retry"
    browser = sign_in(north_owner)

    assert browser.post(address)["Location"] == f"/dashboard/calls/{recording.call_id}"
    assert clinic.look_after(recording) == Outcome.FETCHED
    assert browser.post(address).status_code == 409


def test_neither_identifier_nor_link_stands_on_the_page_or_in_the_audit_log(clinic, sign_in, north_owner):
    recording = clinic.want(clinic.call_at_vapi())
    clinic.look_after(recording)

    page = sign_in(north_owner).get(f"/dashboard/calls/{recording.call_id}").text
    with org_scope(clinic.org), org_tx():
        noted = str(list(AuditEntry.objects.values_list("details", flat=True)))
    for secret in (LOCATOR, "X-Amz", "/storage/"):
        assert secret not in page
        assert secret not in noted
