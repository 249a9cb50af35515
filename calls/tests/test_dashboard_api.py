"""`/api/calls-dashboard`: calls for integrators."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.models import Call
from calls.recordings.models import Recording, RecordingState
from calls.recordings.records import follow
from calls.tests import payloads
from calls.tests.factories import add_line, make_call
from orgs.models import AuditEntry
from voxanne.clock import now

pytestmark = pytest.mark.django_db
API = "/api/calls-dashboard"


@pytest.fixture
def browser(sign_in, north_owner, north):
    return sign_in(north_owner)


@pytest.fixture
def several(north, working_for):
    """Four calls, an hour apart, the first one the newest."""
    facts = [
        {"caller_name": "Ana", "outcome": "booked", "sentiment_label": "positive", "financial_value": 40000},
        {"caller_name": "Ben", "call_type": "outbound", "duration_seconds": 500, "recording_status": "completed"},
        {"caller_name": "Cem", "sentiment_label": "negative", "duration_seconds": None, "financial_value": 800000},
        {"caller_name": "Dee", "duration_seconds": 10, "outcome": "hung_up", "financial_value": 40000},
    ]
    with working_for(north):
        return [make_call(north, created_at=now() - timedelta(hours=at), **one) for at, one in enumerate(facts)]


def names(answer):
    assert answer.status_code == 200, answer.text
    return "".join(call["caller_name"][0] for call in answer.json()["calls"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "ABCD"), ("?outcome=booked", "A"), ("?direction=outbound", "B"), ("?sentiment=negative", "C"),
        ("?min_value=1", "ACD"), ("?min_value=400", "ACD"), ("?min_value=401", "C"), ("?recording=true", "B"),
        ("?sort=oldest", "DCBA"), ("?sort=longest", "BAD"), ("?q=ben", "B"), ("?until=2000-01-01", ""),
        ("?since=2000-01-01&outcome=hung_up", "D"),
    ],
)  # fmt: skip
def test_calls_are_filtered_and_sorted(browser, several, query, found):
    assert names(browser.get(f"{API}{query}")) == found


def test_the_most_valuable_come_first_and_equal_ones_keep_an_order(browser, several):
    once, again = (names(browser.get(f"{API}?sort=value")) for _ in range(2))
    assert once == again
    assert (once[0], sorted(once[1:])) == ("C", ["A", "D"])


@pytest.mark.parametrize("sort", ["newest", "oldest", "longest", "value"])
def test_pages_follow_each_other_without_gaps(browser, several, sort):
    whole, seen, cursor = names(browser.get(f"{API}?sort={sort}")), "", ""
    while cursor is not None:
        answer = browser.get(f"{API}?sort={sort}&limit=1&cursor={cursor}")
        seen += names(answer)
        cursor = answer.json()["next_cursor"]
    assert seen == whole


@pytest.mark.parametrize(
    "query", ["?sort=best", "?min_value=0", "?min_value=9999999", "?since=soon", "?cursor=nonsense", "?limit=0"]
)
def test_what_makes_no_sense_is_a_400(browser, several, query):
    assert browser.get(f"{API}{query}").status_code == 400


def test_a_page_link_of_another_order_is_refused(browser, several):
    cursor = browser.get(f"{API}?sort=value&limit=1").json()["next_cursor"]
    assert browser.get(f"{API}?cursor={cursor}").status_code == 400
    cursor = browser.get(f"{API}?limit=1").json()["next_cursor"]
    assert browser.get(f"{API}?sort=longest&cursor={cursor}").status_code == 400


def test_a_call_says_everything_and_reading_it_is_noted(browser, north, several, working_for):
    with working_for(north):
        add_line(several[0], "Hello?")
    told = browser.get(f"{API}/{several[0].pk}").json()

    assert told["transcript"] == [{"role": "caller", "text": "Hello?", "start_offset_ms": 0}]
    assert (told["financial_value"], told["currency"], told["messages"]) == (40000, "GBP", [])
    assert told["recording_url"] == ""
    assert "facts" not in told
    with working_for(north):
        assert AuditEntry.objects.get(action="transcript.read").object_id == str(several[0].pk)


@pytest.mark.parametrize("fetched", ["not yet", "fetched"])
def test_an_address_of_vapis_is_never_told(browser, line, deliver, working_for, fetched):
    deliver(payloads.report(call_id="c1", assistant_id=line.assistant_id))  # which names two of them
    with working_for(line.org):
        recording = Recording.objects.get()
        call = Call.objects.get(pk=recording.call_id)
        assert "storage.vapi.example" in str(call.facts)
        if fetched == "fetched":
            recording.state, recording.size_bytes = RecordingState.COMPLETED, 1
            recording.storage_name = recording.key_sealed = recording.sha256 = "there"
            recording.save()
            follow(recording)
    told = browser.get(f"{API}/{call.pk}")
    pages = (told, browser.get(API), browser.get(f"/dashboard/calls/{call.pk}"), browser.get("/dashboard/calls"))

    assert told.json()["recording_url"] == (f"/dashboard/calls/{call.pk}/recording" if fetched == "fetched" else "")
    assert not [page for page in pages if "vapi.example" in page.text]


def test_stats_count_the_days_that_are_asked_for(browser, several):
    told = browser.get(f"{API}/stats").json()
    today = now().date().isoformat()

    assert (told["total_calls"], told["inbound_calls"], told["outbound_calls"]) == (4, 3, 1)
    assert (told["pipeline_value"], told["currency"]) == (880000, "GBP")
    assert browser.get(f"{API}/stats?since=2000-01-01&until=2000-01-02").json()["total_calls"] == 0
    assert browser.get(f"{API}/stats?since={today}&until=2000-01-01").status_code == 400


def test_queries_do_not_grow_with_the_calls(browser, north, working_for):
    counts = []
    for _ in range(2):
        with working_for(north):
            for _ in range(10):
                make_call(north)
        browser.get(API)
        with CaptureQueriesContext(connection) as asked:
            browser.get(API)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_another_clinics_calls_are_not_there(browser, south, several, working_for):
    with working_for(south):
        theirs = make_call(south, caller_name="Zoe")
    assert "Z" not in names(browser.get(API))
    assert browser.get(f"{API}/{theirs.pk}").status_code == 404
