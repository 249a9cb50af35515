"""Listening to a call on its page: who may, by which address, whole or in part."""

from datetime import timedelta

import pytest
import time_machine

from calls.recordings.models import Recording
from calls.recordings.ranges import Span, Unsatisfiable, read_range
from calls.recordings.tickets import VALID_S, Ticket, find_ticket, issue_ticket
from calls.tests.factories import add_line
from calls.tests.recordings.conftest import hear, record, wav
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(sign_in, north_owner, north):
    return sign_in(north_owner)


@pytest.fixture
def audio(north, recorded):
    """`audio(range="bytes=0-9")` asks for the sound with a fresh ticket."""
    return lambda **asked: hear(issue_ticket(Ticket(north.pk, recorded.pk)), **asked)


def test_the_page_has_a_player_that_needs_no_script(browser, recorded):
    page = browser.get(f"/dashboard/calls/{recorded.call_id}").text

    assert f'src="/dashboard/calls/{recorded.call_id}/recording"' in page
    assert "controls" in page
    assert 'preload="none"' in page, "opening the page is not listening"


def test_lines_say_where_they_begin_only_where_there_is_sound(browser, north, recorded, working_for):
    with working_for(north):
        add_line(recorded.call, "I would like to book.", ordinal=3)
    assert 'data-start="3.00"' in browser.get(f"/dashboard/calls/{recorded.call_id}").text

    with working_for(north):
        Recording.objects.update(state="deleted")
    assert "data-start" not in browser.get(f"/dashboard/calls/{recorded.call_id}").text


def test_staff_are_sent_on_to_the_sound_and_it_is_noted_once(browser, north, recorded, settings):
    for _ in range(2):
        answer = browser.get(f"/dashboard/calls/{recorded.call_id}/recording")
        assert answer["Location"].startswith(f"{settings.AUDIO_URL}/")
        assert hear(answer["Location"]).sound == wav(20)

    with org_scope(north), org_tx():
        [entry] = AuditEntry.objects.filter(action="recording.played")
    assert (entry.object_id, entry.details) == (str(recorded.pk), {"call": str(recorded.call_id)})


def test_the_browser_may_play_sound_from_there_alone(browser, recorded, settings):
    policy = browser.get(f"/dashboard/calls/{recorded.call_id}")["Content-Security-Policy"]

    assert f"media-src 'self' {settings.AUDIO_URL}/;" in f"{policy};"


def test_a_call_without_sound_has_no_address_for_it(browser, north, recorded, working_for):
    with working_for(north):
        Recording.objects.update(state="failed", problem="The phone service has no recording of this call any more.")

    assert browser.get(f"/dashboard/calls/{recorded.call_id}/recording").status_code == 404
    page = browser.get(f"/dashboard/calls/{recorded.call_id}").text
    assert "has no recording of this call any more" in page
    assert "Fetch it again" in page


def test_the_whole_comes_with_what_a_player_needs(audio, recorded):
    answer = audio()

    assert (answer.status, answer.sound) == (200, wav(20))
    assert answer.headers.items() >= {
        "Content-Length": str(recorded.size_bytes), "Content-Type": "audio/wav", "Accept-Ranges": "bytes",
        "Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow",
        "X-Content-Type-Options": "nosniff",
    }.items()  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-", 0, None),
        ("bytes=0-0", 0, 1),
        ("bytes=65535-65536", 65535, 65537),
        ("bytes=100000-200000", 100000, 200001),
        ("bytes=320000-999999999", 320000, None),
        ("bytes=-10", -10, None),
        ("bytes=-999999999", 0, None),
    ],
)
def test_a_part_is_exactly_that_part(audio, recorded, wanted, start, stop):
    sound = wav(20)

    answer = audio(range=wanted)

    assert (answer.status, answer.sound) == (206, sound[start:stop])
    first = start if start >= 0 else len(sound) + start
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(sound[start:stop]) - 1}/{len(sound)}"
    assert answer.headers["Content-Length"] == str(len(sound[start:stop]))


@pytest.mark.parametrize("wanted", ["bytes=320044-", "bytes=999999999-", "bytes=-0"])
def test_a_part_behind_the_end_is_refused(audio, recorded, wanted):
    answer = audio(range=wanted)

    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{recorded.size_bytes}")


@pytest.mark.parametrize("wanted", ["bytes=5-2", "bytes=0-1,5-6", "lines=0-1", "bytes=-", "bytes=a-b", ""])
def test_what_is_no_single_range_gets_the_whole(audio, wanted):
    assert audio(range=wanted).status == 200


def test_a_part_of_another_version_gets_the_whole(audio):
    etag = audio().headers["ETag"]

    assert audio(range="bytes=0-9", if_range=etag).status == 206
    assert audio(range="bytes=0-9", if_range='"another"').status == 200


def test_asking_for_the_head_alone_opens_no_file(audio, recorded, storage):
    (storage / recorded.storage_name).unlink()

    answer = audio(method="HEAD", range="bytes=0-99")

    assert (answer.status, answer.headers["Content-Length"], answer.sound) == (206, "100", b"")


def test_a_ticket_opens_its_own_recording_for_five_minutes(north, south, recorded):
    other = record(south)
    ticket = issue_ticket(Ticket(north.pk, recorded.pk))
    assert hear(ticket).status == 200
    for forged in (
        ticket.replace(recorded.pk.hex, other.pk.hex),
        issue_ticket(Ticket(north.pk, other.pk)),
        issue_ticket(Ticket(south.pk, recorded.pk)),
        ticket[:-1] + ("A" if ticket[-1] != "A" else "B"),
        "x",
    ):
        assert hear(forged).status == 410, forged

    with time_machine.travel(now() + timedelta(seconds=VALID_S - 5)):
        assert hear(ticket).status == 200
    with time_machine.travel(now() + timedelta(seconds=VALID_S + 1)):
        assert hear(ticket).status == 410


def test_a_ticket_says_what_it_was_given_for(north, recorded):
    ticket = Ticket(north.pk, recorded.pk, recorded.call_id)

    assert find_ticket(issue_ticket(ticket)) == ticket


def test_a_file_that_was_changed_or_is_gone_is_an_error_and_not_noise(audio, recorded, storage):
    path = storage / recorded.storage_name
    whole = path.read_bytes()
    for damaged in (bytes([whole[0] ^ 1]) + whole[1:], whole[65552:], b""):
        path.write_bytes(damaged)
        assert (audio().status, "cannot be read" in audio().words) == (503, True)
    path.write_bytes(whole[:-1])
    assert audio(range="bytes=-10").status == 503
    path.unlink()
    assert audio().status == 503


def test_listening_takes_the_same_few_queries_for_a_second_and_for_the_whole(audio, django_assert_max_num_queries):
    with django_assert_max_num_queries(10) as few:
        audio(range="bytes=0-9")
    with django_assert_max_num_queries(len(few)):
        audio()


def test_another_clinics_recording_is_not_found(sign_in, south_owner, south, recorded):
    assert sign_in(south_owner).get(f"/dashboard/calls/{recorded.call_id}/recording").status_code == 404


def test_ranges_are_read_as_the_standard_says():
    assert read_range("bytes= 2 - 3", size=10) is None
    assert read_range("bytes=2-3", size=10) == Span(2, 4, 10)
    with pytest.raises(Unsatisfiable):
        read_range("bytes=10-", size=10)
