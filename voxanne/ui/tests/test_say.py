"""Values are said as people say them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from voxanne.ui.durations import say_duration, say_exactly, say_moment
from voxanne.ui.templatetags import say

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (90_061, "25 h 1 min"),
    ],
)
def test_lengths_have_at_most_two_units(seconds: int, words: str) -> None:
    assert say_duration(seconds) == words


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=20), "in a moment"),
        (timedelta(minutes=-2, seconds=-30), "2 min ago"),
        (timedelta(minutes=10, seconds=5), "in 10 min"),
        (timedelta(hours=-2), "Today 07:30"),
        (timedelta(hours=3), "Today 12:30"),
        (timedelta(hours=-20), "Yesterday 13:30"),
        (timedelta(days=1), "Tomorrow 09:30"),
        (timedelta(days=4, minutes=30), "Tue 10:00"),
        (timedelta(days=-6), "Sat 09:30"),
        (timedelta(days=7), "27 Nov 09:30"),
        (timedelta(days=60), "19 Jan 2027"),
    ],
)
def test_moments_are_seen_from_now(distance: timedelta, words: str) -> None:
    assert say_moment(NOW + distance, now=NOW, zone=LONDON) == words


def test_within_a_sentence_a_day_has_no_capital_but_by_its_name() -> None:
    said = [say_moment(NOW + timedelta(days=days), now=NOW, zone=LONDON, inside=True) for days in (-1, 1, 4)]
    assert said == ["yesterday 09:30", "tomorrow 09:30", "Tue 09:30"]
    html = Template("{% load say %}until {% when moment inside=True %}").render(
        Context({"moment": datetime.now(UTC) + timedelta(days=1)})
    )
    assert ">tomorrow " in html


def test_the_day_is_the_one_of_the_organisation() -> None:
    late = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

    assert say_moment(late, now=NOW, zone=LONDON) == "Today 03:00"
    assert say_moment(late, now=NOW, zone=NEW_YORK) == "Yesterday 22:00"


def test_the_exact_time_names_its_zone() -> None:
    summer = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)

    assert say_exactly(summer, zone=LONDON) == "Wednesday 1 July 2026, 10:00 BST"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+442079460018", "020 7946 0018"),
        ("+14155550132", "(415) 555-0132"),
        ("+491701234567", "0170 1234567"),
        ("anonymous", "anonymous"),
        ("+1", "+1"),
        ("", ""),
        (None, ""),
    ],
)
def test_numbers_are_written_as_their_country_does(number: str | None, words: str) -> None:
    assert say.phone(number) == words


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (12550, "GBP", "£125.50"),
        (40000, "GBP", "£400"),
        (-999, "EUR", "−€9.99"),
        (1_245_000, "USD", "$12,450"),
        (500, "JPY", "500 JPY"),
        (12_500, "KWD", "12.500 KWD"),
        (500, "CHF", "5 CHF"),
        (None, "GBP", ""),
    ],
)
def test_money_drops_empty_cents(minor: int | None, currency: str, words: str) -> None:
    assert say.money(minor, currency) == words


def test_small_costs_keep_tenths_of_a_cent() -> None:
    assert say.dollars(Decimal("0.1312")) == "$0.131"
    assert say.dollars(Decimal("12.5")) == "$12.50"
    assert say.dollars(None) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Maria Reyes", "AR"),
        ("ana", "A"),
        ("ben@example.org", "BE"),
        ("Dr (Zoë) Ólafs", "DÓ"),
        ("", "?"),
        (None, "?"),
        ("—", "?"),
    ],
)
def test_initials(name: str | None, letters: str) -> None:
    assert say.initials(name) == letters


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("Ana Reyes", "+442079460018", "Ana Reyes"),
        ("Unknown Caller", "+442079460018", "020 7946 0018"),
        ("Unknown Caller", "", "Withheld number"),
        ("", None, "Withheld number"),
    ],
)
def test_a_caller_is_a_name_else_a_number(name: str, number: str | None, words: str) -> None:
    assert say.caller(SimpleNamespace(caller_name=name, phone_number=number)) == words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("customer-ended-call", "The caller"),
        ("assistant-ended-call", "Your receptionist"),
        ("pipeline-error-openai-llm-failed", "A fault"),
        ("something-new", "Something new"),
    ],
)
def test_an_unknown_reason_is_still_readable(reason: str, words: str) -> None:
    assert say.ended_by(reason) == words


def test_days_near_by_are_named() -> None:
    friday = date(2026, 11, 20)

    assert say.day_name(friday, friday) == "Today, Friday 20 November"
    assert say.day_name(date(2026, 11, 24), friday) == "Tuesday 24 November"
    assert say.day_name(date(2027, 1, 4), friday) == "Monday 4 January 2027"


def test_when_is_a_time_element_in_the_organisations_zone() -> None:
    request = SimpleNamespace(org=SimpleNamespace(zone=NEW_YORK))
    html = Template("{% load say %}{% when moment %}").render(
        Context({"request": request, "moment": datetime(2026, 7, 1, 9, 0, tzinfo=UTC)})
    )

    assert 'datetime="2026-07-01T09:00:00+00:00"' in html
    assert 'title="Wednesday 1 July 2026, 05:00 EDT"' in html


def test_an_unknown_moment_says_nothing() -> None:
    assert Template("{% load say %}{% when moment %}").render(Context({"moment": None})) == ""
