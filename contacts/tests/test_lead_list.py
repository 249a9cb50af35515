"""The page of leads: what it shows, how it is narrowed and sorted, and the same as a file."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.tests.factories import make_call
from contacts.models import Contact
from contacts.tests.factories import make_contact
from orgs.models import AuditEntry, Role
from voxanne.clock import now

pytestmark = pytest.mark.django_db
URL = "/dashboard/leads"


@pytest.fixture
def browser(north, north_owner, sign_in):
    return sign_in(north_owner)


@pytest.fixture
def three(north, working_for):
    """Ana is hot and booked, Ben warm and new, Cal cold and lost; Cal was heard of last, Ana first."""
    with working_for(north):
        ana = make_contact(name="Ana Reyes", lead_score=85, lead_status="booked", email="ana@patients.example")
        ben = make_contact(name="Ben Okoye", lead_score=55, phone="+447700900777")
        cal = make_contact(name="Cal Dunn", lead_score=10, lead_status="lost")
        for age, one in enumerate((cal, ben, ana)):
            Contact.objects.filter(pk=one.pk).update(last_contacted_at=now() - timedelta(days=age))
    return ana, ben, cal


def shown(browser, query="", **headers):
    answer = browser.get(f"{URL}{query}", headers=headers)
    assert answer.status_code == 200
    return answer.text


def names(page):
    return [
        name
        for name in re.findall(r"row-link[^>]*>\s*([^<]+?)\s*<", page)
        if name in {"Ana Reyes", "Ben Okoye", "Cal Dunn"}
    ]


def test_a_clinic_without_leads_is_told_where_they_come_from(browser):
    page = shown(browser)

    assert "Everybody who calls appears here by themselves" in page
    assert "Add a lead" in page


def test_the_menu_leads_there(browser):
    assert re.search(r'href="/dashboard/leads"[^>]*aria-current="page"', shown(browser))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ana Reyes", "Ben Okoye", "Cal Dunn"]),
        ("?sort=newest", ["Cal Dunn", "Ben Okoye", "Ana Reyes"]),
        ("?sort=contact", ["Cal Dunn", "Ben Okoye", "Ana Reyes"]),
        ("?sort=shoe-size", ["Ana Reyes", "Ben Okoye", "Cal Dunn"]),
        ("?temperature=hot", ["Ana Reyes"]),
        ("?temperature=warm", ["Ben Okoye"]),
        ("?temperature=cold", ["Cal Dunn"]),
        ("?stage=lost", ["Cal Dunn"]),
        ("?stage=sideways&temperature=tepid", ["Ana Reyes", "Ben Okoye", "Cal Dunn"]),
        ("?q=okoye", ["Ben Okoye"]),
        ("?q=ana@pat", ["Ana Reyes"]),
        ("?q=07700+900777", ["Ben Okoye"]),
        ("?q=nobody", []),
        ("?q=%00", ["Ana Reyes", "Ben Okoye", "Cal Dunn"]),
    ],
)
def test_filters_and_order_stand_in_the_address(browser, three, query, found):
    assert names(shown(browser, query)) == found


def test_what_matches_nothing_says_how_to_get_back(browser, three):
    assert "Clear the filters" in shown(browser, "?q=nobody")


def test_the_counts_stand_on_top(browser, three):
    values = re.findall(r'stat-label">(\w+)</p>\s*<p class="stat-value">(\d+)', shown(browser))

    assert dict(values) == {"Leads": "3", "Hot": "1", "Warm": "1", "Cold": "1"}


def test_the_value_is_that_of_the_dearest_call(browser, north, working_for, three):
    with working_for(north):
        for value in (15_000, 80_000, None):
            make_call(north, contact=three[1], financial_value=value)

    assert "£800" in shown(browser)
    assert "£150" not in shown(browser)


@pytest.mark.parametrize("sort", ["score", "newest", "contact"])
def test_every_order_can_be_read_to_its_end(browser, north, working_for, sort):
    with working_for(north):
        for number in range(60):
            make_contact(name=f"Lead {number:02d}", phone=f"+4477009{number:05d}", lead_score=number % 3 * 40)
    seen, page = [], shown(browser, f"?sort={sort}")
    while True:
        seen += re.findall(r"Lead \d\d", page)
        following = re.search(r'hx-get="([^"]*cursor=[^"]*)"', page)
        if following is None:
            break
        page = browser.get(following[1].replace("&amp;", "&"), headers={"HX-Request": "true"}).text

    assert (len(seen), len(set(seen))) == (60, 60)


def test_new_leads_do_not_push_shown_ones_out(browser, north, working_for):
    with working_for(north):
        for number in range(30):
            make_contact(name=f"Lead {number:02d}", phone=f"+4477009{number:05d}", lead_score=50)
    first = shown(browser)
    live = re.search(r'<tbody id="rows-first" hx-get="([^"]+)"', first)[1].replace("&amp;", "&")
    with working_for(north):
        make_contact(name="Somebody new", phone="+447700955555", lead_score=90)

    again = browser.get(live, headers={"HX-Request": "true"}).text
    assert set(re.findall(r"Lead \d\d", first)) <= set(re.findall(r"Lead \d\d", again))
    assert "Somebody new" in again


@pytest.mark.parametrize("cursor", ["nonsense", "c2NvcmV8OTk5OTk5fHg", "bmV3ZXN0fDIwMjYtMDEtMDF8MQ"])
def test_a_cursor_that_we_did_not_make_is_refused(browser, cursor):
    assert browser.get(f"{URL}?cursor={cursor}").status_code == 400


def test_a_cursor_of_another_order_is_refused(browser, north, working_for):
    with working_for(north):
        for number in range(30):
            make_contact(phone=f"+4477009{number:05d}")
    cursor = re.search(r"cursor=([\w-]+)", shown(browser))[1]

    assert browser.get(f"{URL}?sort=newest&cursor={cursor}").status_code == 400


def test_more_leads_take_no_more_queries(browser, north, working_for):
    def count(path):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(path).status_code == 200
        return len(captured)

    with working_for(north):
        make_call(north, contact=make_contact())
    shown(browser)  # what a session looks up once
    few = count(URL)
    with working_for(north):
        for number in range(24):
            make_call(north, contact=make_contact(phone=f"+4477009{number:05d}"))
    assert count(URL) == few


def test_the_file_holds_what_the_list_shows_and_no_formula(browser, north, working_for, three):
    with working_for(north):
        make_contact(name="=HYPERLINK(1)", phone="+447700900888", lead_score=99)
        make_call(north, contact=three[0], financial_value=40_050)

    answer = browser.get(f"{URL}/export")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert [row[0] for row in rows] == ["Name", "'=HYPERLINK(1)", "Ana Reyes", "Ben Okoye", "Cal Dunn"]
    assert rows[2][3:8] == ["Booked", "85", "Hot", "400.50", "GBP"]
    assert rows[2][1].startswith("+44")
    only = b"".join(browser.get(f"{URL}/export?stage=lost").streaming_content).decode()
    assert only.count("\n") == 2
    with working_for(north):
        assert AuditEntry.objects.filter(action="contacts.exported").count() == 2


def test_the_file_is_read_in_batches(browser, north, working_for, monkeypatch):
    monkeypatch.setattr("contacts.views.leads.EXPORT_BATCH", 7)
    with working_for(north):
        for number in range(23):
            make_contact(name=f"Lead {number:02d}", phone=f"+4477009{number:05d}")

    text = b"".join(browser.get(f"{URL}/export").streaming_content).decode()
    assert len(set(re.findall(r"Lead \d\d", text))) == 23
    assert text.count("\n") == 24


def test_another_clinics_leads_are_not_shown(browser, south, working_for):
    with working_for(south):
        make_contact(name="South's own")

    assert "South's own" not in shown(browser)
    assert "No leads yet" in shown(browser)


def test_somebody_is_added_once_however_often_the_form_is_sent(browser, north, working_for):
    form = {"name": "Dee Moss", "phone": "07700 900444", "lead_status": "new", "key": "one-wish"}
    answers = [browser.post(f"{URL}/new", form) for _ in range(2)]

    assert len({answer.url for answer in answers}) == 1
    with working_for(north):
        dee = Contact.objects.get()
        assert (dee.first_name, dee.phone, dee.source, dee.lead_score) == ("Dee", "+447700900444", "staff", 40)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Give a name, a phone number or an email address."),
        ({"phone": "12"}, "That phone number does not look right."),
        ({"phone": "07700 900555"}, "Somebody else has this number."),
        ({"name": "x", "email": "no-address"}, "Enter a valid email address."),
        ({"name": "x", "lead_status": "sideways"}, "sideways"),
    ],
)
def test_what_cannot_be_added_is_said_at_its_field(browser, north, working_for, form, words):
    with working_for(north):
        make_contact(phone="+447700900555")

    answer = browser.post(f"{URL}/new", {"lead_status": "new"} | form)
    assert answer.status_code == 422
    assert words in answer.text
    with working_for(north):
        assert Contact.objects.count() == 1


def test_a_member_may_read_and_write_leads(north, add_member, sign_in):
    browser = sign_in(add_member(north, Role.MEMBER))

    assert browser.get(URL).status_code == 200
    assert browser.post(f"{URL}/new", {"name": "Dee", "lead_status": "new"}).status_code == 302
