"""The wizard of a clinic's own line, page by page, as a browser without scripts sees it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import Role
from orgs.scope import org_scope, org_tx
from telephony.forwarding.sightings import note_incoming
from telephony.models import ForwardingStatus, PhoneNumberMapping
from telephony.tests.lines import AGENT_NUMBER, LINE, UK_LINE
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = "/dashboard/telephony"
ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/156 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"


def _begin(desk, number="(555) 000-1111", country="US", **more):
    return desk.browser.post(f"{PAGES}/new", {"country": country, "number": number, "name": "Front desk", **more})


def _text(answer):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def _code_in(answer):
    return re.search(r'name="code" value="(\d{6})"', answer.content.decode()).group(1)


def _line_id_in(answer):
    return re.search(r'data-address="/dashboard/telephony/([0-9a-f-]{36})/verify"', answer.content.decode()).group(1)


def _call_sid(desk, line_id):
    return desk.row(line_id).twilio_call_sid


def _set_up(desk, line_id, **choice):
    chosen = {"country": "US", "network": "us-tmobile", "forwarding_type": "safety_net", "ring_seconds": "20", **choice}
    return desk.browser.post(f"{PAGES}/{line_id}/choose", chosen)


def test_a_line_goes_through_all_five_steps_and_is_seen_working(desk):
    desk.has_number()
    assert "Add your line" in _text(desk.browser.get(PAGES))

    called = _begin(desk)
    line_id, code = _line_id_in(called), _code_in(called)
    assert f"{code[:3]} {code[3:]}" in _text(called)
    assert "no-store" in called.headers["Cache-Control"]
    desk.take_call(_call_sid(desk, line_id))
    state = desk.browser.get(f"{PAGES}/{line_id}/verify/state")
    assert "The code arrived from your phone" in _text(state)
    proved = desk.browser.post(f"{PAGES}/{line_id}/verify", {"code": code, "shown": "on"})
    assert proved.headers["Location"] == f"{PAGES}/{line_id}/choose"

    chosen = _set_up(desk, line_id)
    assert chosen.headers["Location"] == f"{PAGES}/{line_id}/dial"
    dial = desk.browser.get(f"{PAGES}/{line_id}/dial")
    assert "**61*15550109999*11*20#" in _text(dial)
    assert 'class="qr-code"' in dial.content.decode()
    said = desk.browser.post(f"{PAGES}/{line_id}/dial")
    assert said.headers["Location"] == f"{PAGES}/{line_id}/done"

    desk.browser.post(f"{PAGES}/{line_id}/done")
    assert "Call (555) 000-1111 now" in _text(desk.browser.get(f"{PAGES}/{line_id}/done/state"))
    with org_scope(desk.org), org_tx():
        note_incoming(org_id=desk.org.pk, called_number=AGENT_NUMBER, at=now())
    done = _text(desk.browser.get(f"{PAGES}/{line_id}/done"))
    assert "A call through this line reached your agent" in done
    assert "T-Mobile, United States" in done
    assert "seen working" in _text(desk.browser.get(PAGES))


def test_a_reload_goes_on_at_the_step_that_was_reached_but_shows_no_code_again(desk):
    desk.has_number()
    called = _begin(desk)
    line_id, code = _line_id_in(called), _code_in(called)

    again = desk.browser.get(f"{PAGES}/{line_id}", follow=True)

    assert again.redirect_chain[-1][0] == f"{PAGES}/{line_id}/verify"
    assert code not in again.content.decode()
    assert "Call again with a new code" in _text(again)
    assert code not in str(desk.row(line_id).__dict__)
    assert "Not verified yet" in _text(desk.browser.get(PAGES))

    desk.take_call(_call_sid(desk, line_id))
    desk.browser.post(f"{PAGES}/{line_id}/verify", {"code": code})
    assert desk.browser.get(f"{PAGES}/{line_id}").headers["Location"] == f"{PAGES}/{line_id}/choose"
    _set_up(desk, line_id)
    assert desk.browser.get(f"{PAGES}/{line_id}").headers["Location"] == f"{PAGES}/{line_id}/dial"
    desk.browser.post(f"{PAGES}/{line_id}/dial")
    assert desk.browser.get(f"{PAGES}/{line_id}").headers["Location"] == f"{PAGES}/{line_id}/done"


def test_a_code_that_comes_too_early_stays_on_the_page_and_costs_no_attempt(desk):
    called = _begin(desk)
    line_id, code = _line_id_in(called), _code_in(called)

    early = desk.browser.post(f"{PAGES}/{line_id}/verify", {"code": code, "shown": "on"})

    assert early.status_code == 409
    assert "Twilio has not confirmed the call yet" in _text(early)
    assert _code_in(early) == code
    assert "3 attempts left" in _text(early)


def test_wrong_codes_count_down_and_lock(desk):
    called = _begin(desk)
    line_id, code = _line_id_in(called), _code_in(called)
    desk.take_call(_call_sid(desk, line_id))
    wrong = "000000" if code != "000000" else "111111"

    answers = [desk.browser.post(f"{PAGES}/{line_id}/verify", {"code": wrong}) for _ in range(3)]

    assert "2 attempts remaining" in _text(answers[0])
    assert "1 attempt remaining" in _text(answers[1])
    assert answers[2].status_code == 423
    assert "locked until" in _text(answers[2])
    assert 'name="code"' not in answers[2].content.decode()


@pytest.mark.parametrize(
    ("number", "country", "sentence"),
    [
        ("call me", "US", "We cannot read that as a phone number"),
        ("+44 20 7946 0999 ext. 12", "GB", "We cannot read that as a phone number"),
        ("999", "GB", "Emergency numbers cannot be verified"),
        ("+44 909 879 0000", "GB", "Premium-rate numbers cannot be verified"),
        ("", "GB", "This field is required"),
    ],
)
def test_what_cannot_be_called_is_refused_at_its_field(desk, number, country, sentence):
    refused = _begin(desk, number, country)

    assert refused.status_code == 422
    assert sentence in _text(refused)
    assert desk.sandbox.requests_to("twilio", "POST") == []


def test_national_formats_are_shown_back_in_full(desk):
    read = desk.browser.get(f"{PAGES}/new/read", {"country": "GB", "number": "020 7946 0999"})

    assert f"We will call {UK_LINE}" in _text(read)


def test_a_number_that_is_verified_already_leads_to_its_line(desk):
    line = desk.has_line()

    known = _begin(desk, LINE)

    assert known.headers["Location"] == f"{PAGES}/{line.pk}"


def test_without_a_number_to_forward_to_the_page_says_where_to_get_one(desk):
    line = desk.has_line()

    page = desk.browser.get(f"{PAGES}/{line.pk}/choose")
    refused = _set_up(desk, line.pk)

    assert "Your agent has no number to forward to yet" in _text(page)
    assert refused.status_code == 422
    assert "Your agent has no number to forward to yet" in _text(refused)


def test_the_code_is_previewed_and_nothing_is_stored(desk):
    desk.has_number()
    line = desk.has_line()
    choice = {"country": "US", "network": "us-att", "forwarding_type": "safety_net", "ring_seconds": "15"}

    live = desk.browser.post(f"{PAGES}/{line.pk}/preview", choice)
    plain = desk.browser.post(f"{PAGES}/{line.pk}/choose", {**choice, "preview": "1"})
    elsewhere = desk.browser.post(f"{PAGES}/{line.pk}/preview", {**choice, "network": "us-google-fi"})

    for page in (live, plain):
        assert "*004*" in _text(page)
        assert "15 seconds, about 3 rings" in _text(page)
    assert "Google Fi has no codes" in _text(elsewhere)
    assert desk.browser.get(f"{PAGES}/{line.pk}").headers["Location"] == f"{PAGES}/{line.pk}/choose"


def test_carriers_follow_the_country_that_was_chosen(desk):
    desk.has_number()
    line = desk.has_line()

    page = desk.browser.get(f"{PAGES}/{line.pk}/choose", {"country": "AU"}).content.decode()

    assert "Telstra" in page
    assert "Verizon" not in page


def test_only_android_gets_a_link_to_tap(desk):
    desk.has_number()
    line = desk.has_line()
    _set_up(desk, line.pk)

    android, iphone = (
        desk.browser.get(f"{PAGES}/{line.pk}/dial", headers={"User-Agent": agent}).content.decode()
        for agent in (ANDROID, IPHONE)
    )

    assert 'href="tel:**61*15550109999*11*20%23"' in android
    assert "tel:" not in iphone


def test_turning_off_shows_the_code_first_and_the_circle_begins_anew(desk):
    desk.has_number()
    line = desk.has_line()
    _set_up(desk, line.pk)
    desk.browser.post(f"{PAGES}/{line.pk}/dial")

    asked = desk.browser.get(f"{PAGES}/{line.pk}/off")
    assert "##61#" in _text(asked)
    desk.browser.post(f"{PAGES}/{line.pk}/off")
    assert "Calls ring on your line alone" in _text(desk.browser.get(PAGES))
    assert desk.browser.get(f"{PAGES}/{line.pk}/dial").headers["Location"] == f"{PAGES}/{line.pk}/choose"

    _set_up(desk, line.pk, forwarding_type="total_ai")
    assert "**21*15550109999#" in _text(desk.browser.get(f"{PAGES}/{line.pk}/dial"))


def test_removing_asks_first_and_tells_the_code_that_still_has_to_be_dialled(desk):
    desk.has_number()
    line = desk.has_line()
    _set_up(desk, line.pk)
    desk.browser.post(f"{PAGES}/{line.pk}/dial")

    assert "The line still forwards" in _text(desk.browser.get(f"{PAGES}/{line.pk}/remove"))
    removed = desk.browser.post(f"{PAGES}/{line.pk}/remove", follow=True)

    assert "Dial ##61# on it" in _text(removed)
    assert desk.browser.get(f"{PAGES}/{line.pk}/choose").status_code == 404


def test_an_unfinished_line_can_be_removed_and_another_clinics_cannot(desk, south_desk):
    called = _begin(desk)
    line_id = _line_id_in(called)

    assert south_desk.browser.post(f"{PAGES}/{line_id}/remove").status_code == 404
    assert desk.browser.post(f"{PAGES}/{line_id}/remove").headers["Location"] == PAGES
    assert "Add your line" in _text(desk.browser.get(PAGES))


def test_members_see_lines_and_change_nothing(desk, add_member, sign_in):
    desk.has_number()
    line = desk.has_line()
    _set_up(desk, line.pk)
    desk.browser.post(f"{PAGES}/{line.pk}/dial")
    member = sign_in(add_member(desk.org, Role.MEMBER))

    assert "Admins and owners set up forwarding" in _text(member.get(PAGES))
    assert member.get(f"{PAGES}/{line.pk}/done").status_code == 200
    assert "Begin the test" not in _text(member.get(f"{PAGES}/{line.pk}/done"))
    assert member.post(f"{PAGES}/{line.pk}/off").status_code == 403
    assert member.get(f"{PAGES}/new").status_code == 403


def test_the_list_costs_the_same_for_one_line_and_for_many(desk):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert desk.browser.get(PAGES).status_code == 200
        return len(asked)

    desk.has_number()
    desk.has_line()
    statements()
    one = statements()
    for last in range(2, 9):
        line = desk.has_line(f"+1555000{last}{last}{last}{last}")
        _set_up(desk, line.pk)

    assert statements() == one


def test_the_test_stops_waiting_after_ten_minutes(desk):
    desk.has_number()
    line = desk.has_line()
    _set_up(desk, line.pk)
    desk.browser.post(f"{PAGES}/{line.pk}/dial")
    desk.browser.post(f"{PAGES}/{line.pk}/done")
    with org_scope(desk.org), org_tx():
        config = line.forwarding.get()
        assert config.status == ForwardingStatus.ACTIVE
        config.test_started_at = now() - timedelta(minutes=11)
        config.save()

    assert "Begin the test" in _text(desk.browser.get(f"{PAGES}/{line.pk}/done/state"))


def test_a_line_that_forwards_to_a_number_given_away_says_so(desk):
    desk.has_number()
    line = desk.has_line()
    _set_up(desk, line.pk)
    desk.browser.post(f"{PAGES}/{line.pk}/dial")
    assert "Leads nowhere" not in _text(desk.browser.get(PAGES))

    with org_scope(desk.org), org_tx():
        PhoneNumberMapping.objects.filter(phone_number=AGENT_NUMBER).update(is_wanted=False)

    assert "Leads nowhere" in _text(desk.browser.get(PAGES))
    assert f"{AGENT_NUMBER} is not yours any more" in _text(desk.browser.get(f"{PAGES}/{line.pk}/done"))
