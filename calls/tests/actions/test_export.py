"""Taking a transcript along."""

import json
import time

import pytest

from calls.models import CallStatus
from calls.tests.factories import add_line, make_call

pytestmark = pytest.mark.django_db


def post_json(browser, path, body, *, key=""):
    headers = {"Idempotency-Key": key} if key else {}
    return browser.post(path, json.dumps(body), content_type="application/json", headers=headers)


def api(call):
    return f"/api/calls-dashboard/{call.pk}/transcript/export"


def test_a_text_file_has_the_whole_conversation(browser, call):
    answer = post_json(browser, api(call), {"format": "txt"})

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="transcript-')
    assert "[0:01] Ana Reyes: Hello, can I come on Tuesday?\n[1:15] Receptionist: We have nine o'clock." in answer.text
    assert "Call from Ana Reyes" in answer.text


def test_text_is_what_is_meant_when_nothing_is_said(browser, call):
    assert post_json(browser, api(call), {})["Content-Type"].startswith("text/plain")


def test_json_has_the_lines_with_their_moments(browser, call):
    told = post_json(browser, api(call), {"format": "json"}).json()

    assert told["lines"][0] == {
        "role": "caller", "name": "Ana Reyes", "text": "Hello, can I come on Tuesday?", "offset_ms": 1000,
    }  # fmt: skip


def test_a_pdf_file_is_one(browser, call):
    answer = post_json(browser, api(call), {"format": "pdf"})

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "words",
    [
        "שלום, אני רוצה לקבוע תור (מחר) ב-10:30", "مرحبا، لا بأس، الموعد عند الساعة 10:30", "😀👍🏽👨‍👩‍👧 great",
        "日本語 ไทย हिन्दी",
        "x" * 5000, "\x00\x07\u202e\ufeff", "a\n\n\nb\r\nc", "لا", "السَّلَامُ",
    ],
)  # fmt: skip
def test_no_script_breaks_any_format(browser, north, working_for, words):
    with working_for(north):
        call = make_call(north, caller_name=words[:100].replace("\x00", ""), outcome_summary=words.replace("\x00", ""))
        add_line(call, words.replace("\x00", ""))

    for kind in ("txt", "pdf", "json"):
        assert post_json(browser, api(call), {"format": kind}).status_code == 200


def test_a_word_without_end_costs_what_other_words_cost(browser, north, working_for):
    """Wrapped by trying each shorter piece, it held a web process for half a minute."""

    def export(words):
        with working_for(north):
            call = make_call(north)
            add_line(call, words)
        started = time.process_time()
        assert post_json(browser, api(call), {"format": "pdf"}).status_code == 200
        return time.process_time() - started

    export("first")  # reads the font
    assert export("x" * 5000) < 5 * export("xxxx " * 1000) + 0.5


def test_an_export_is_a_message_and_stands_in_the_audit_log(browser, north_owner, call, messages_of, audited):
    for _ in range(2):
        post_json(browser, api(call), {"format": "pdf"}, key="once")

    (row,) = messages_of()
    assert (row.method, row.recipient, row.content) == ("export", north_owner.email, "Transcript as PDF")
    assert (row.call_id, row.contact_id, row.status) == (call.pk, call.contact_id, "delivered")
    assert [entry.details["format"] for entry in audited("transcript.exported")] == ["pdf", "pdf"]
    assert "Tuesday" not in row.content


def test_a_key_of_another_file_is_refused(browser, call):
    post_json(browser, api(call), {"format": "pdf"}, key="once")

    assert post_json(browser, api(call), {"format": "txt"}, key="once").json()["code"] == "idempotency_key_used"


@pytest.mark.parametrize("facts", [{}, {"status": CallStatus.IN_PROGRESS}])
def test_there_is_nothing_to_export(browser, north, working_for, facts, messages_of):
    with working_for(north):
        call = make_call(north, **facts)
        if facts:
            add_line(call, "Hello?")

    answer = post_json(browser, api(call), {"format": "txt"})

    assert (answer.status_code, answer.json()["code"]) == (409, "no_transcript")
    assert messages_of() == []


def test_an_unknown_format_is_refused(browser, call):
    assert post_json(browser, api(call), {"format": "docx"}).status_code == 400
    assert browser.post(f"/dashboard/calls/{call.pk}/transcript", {"format": "docx"}).status_code == 400


def test_the_pages_menu_downloads_the_file_and_the_thread_shows_it(browser, call):
    answer = browser.post(f"/dashboard/calls/{call.pk}/transcript", {"format": "txt"})

    assert answer["Content-Type"].startswith("text/plain")
    assert "Transcript as Text" in browser.get(f"/dashboard/calls/{call.pk}").text
