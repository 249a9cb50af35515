"""The list of calls as a CSV file."""

import csv
import io
from datetime import timedelta

import pytest

from calls import selectors
from calls.tests.factories import make_call
from orgs.models import AuditEntry
from voxanne.clock import now

pytestmark = pytest.mark.django_db
URL = "/dashboard/calls/export"


@pytest.fixture
def browser(sign_in, north_owner, north):
    """Somebody who has just signed in."""
    return sign_in(north_owner)


def table_of(answer):
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_what_the_filters_leave_is_a_table(browser, north, working_for):
    with working_for(north):
        make_call(north, outcome="booked", financial_value=40050, outcome_summary="Wants, and “needs”,\nBotox")
        make_call(north, caller_name="Ben", outcome="hung_up")

    (row,) = table_of(browser.get(f"{URL}?outcome=booked"))

    assert (row["Caller"], row["Number"], row["Value"], row["Currency"]) == (
        "Ana Reyes", "+447700900123", "400.50", "GBP",
    )  # fmt: skip
    assert row["Summary"] == "Wants, and “needs”,\nBotox"
    assert browser.get(URL)["Content-Disposition"].startswith('attachment; filename="calls-')


@pytest.mark.parametrize("evil", ["=HYPERLINK(1)", "+1+2", "-2+3", "@SUM(A1)", " =1", "\t=1", "＝1"])
def test_nothing_that_people_say_becomes_a_formula(browser, north, working_for, evil):
    with working_for(north):
        make_call(north, caller_name=evil, outcome_summary=evil)

    (row,) = table_of(browser.get(URL))

    assert (row["Caller"], row["Summary"]) == (f"'{evil}", f"'{evil}")


def test_it_is_read_in_parts_and_nothing_is_lost_or_doubled(browser, north, working_for, monkeypatch):
    monkeypatch.setattr(selectors, "EXPORT_BATCH", 3)
    with working_for(north):
        for number in range(10):
            make_call(north, caller_name=f"Caller {number}", created_at=now() - timedelta(minutes=number))

    for sort, wanted in (("newest", range(10)), ("oldest", reversed(range(10)))):
        rows = table_of(browser.get(f"{URL}?sort={sort}"))
        assert [row["Caller"] for row in rows] == [f"Caller {number}" for number in wanted]


def test_an_export_is_noted_without_whom_was_looked_for(browser, north, working_for):
    table_of(browser.get(f"{URL}?q=reyes&outcome=booked"))

    with working_for(north):
        entry = AuditEntry.objects.get(action="calls.exported")
    assert entry.details == {"filters": ["q", "outcome"]}


def test_another_clinics_calls_are_not_in_it(browser, south, working_for):
    with working_for(south):
        make_call(south)

    assert table_of(browser.get(URL)) == []


def test_it_asks_for_a_fresh_sign_in(browser, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1

    assert browser.get(URL)["Location"] == "/accounts/reauthenticate/?next=%2Fdashboard%2Fcalls%2Fexport"


def test_a_sign_in_on_the_way_ends_on_the_list_that_offers_it_for_a_file_opens_no_page(browser, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    here = "/dashboard/calls?outcome=booked"

    answer = browser.get(f"{URL}?outcome=booked", headers={"Referer": f"http://testserver{here}"})

    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fdashboard%2Fcalls%3Foutcome%3Dbooked"


def test_the_list_offers_it_with_its_filters(browser, north, working_for):
    with working_for(north):
        make_call(north, outcome="booked")

    assert f"{URL}?outcome=booked" in browser.get("/dashboard/calls?outcome=booked").text
