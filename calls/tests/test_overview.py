"""The overview: how the phone did in a sentence, figures, one chart, what happened last, what needs somebody."""

from datetime import timedelta
from uuid import uuid4

import pytest

from calls.figures_by_day import Day, Figures, total
from calls.models import CallStatus
from calls.overview.charts import Measure, draw
from calls.overview.glance import say_glance
from calls.tests.factories import make_call
from contacts.models import Contact
from knowledge.questions.noting import Asked, note_unanswered
from knowledge.tests.factories import make_document
from scheduling.models import AppointmentStatus
from scheduling.tests.factories import make_appointment
from telephony.models import Message
from voxanne.clock import now

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(sign_in, north_owner, north):
    return sign_in(north_owner)


def make_message(at=None, **facts):
    values = {
        "method": "sms", "recipient": "+447700900123", "status": "delivered", "content": "See you on Tuesday.",
        "idempotency_key": f"{facts.get('status')}:{at}", **facts,
    }  # fmt: skip
    message = Message.objects.create(**values)
    Message.objects.filter(pk=message.pk).update(created_at=at or now())
    return message


def test_today_is_told_against_yesterday_and_the_period_against_the_one_before(browser, north, working_for):
    with working_for(north):
        make_call(north, booking_confirmed=True, outcome="booked", sentiment_label="positive", financial_value=40000)
        make_call(north, duration_seconds=100, sentiment_label="negative")
        make_call(north, created_at=now() - timedelta(days=1))
        later = now().astimezone(north.zone).replace(hour=23, minute=59, second=59) - timedelta(days=1)
        make_call(north, created_at=later, duration_seconds=200)
        for _ in range(2):
            make_call(north, created_at=now() - timedelta(days=8), financial_value=10000)
    response = browser.get("/dashboard")
    stats = {stat.label: (stat.value, stat.change, stat.against) for stat in response.context["stats"]}
    assert stats == {
        "Calls today": ("2", "+100%", "yesterday by now"),
        "Bookings today": ("1", None, "yesterday by now"),
        "Calls that booked": ("25%", "+25 points", "7 days before"),
        "Pipeline value": ("£400", "+100%", "7 days before"),
        "Average call": ("2 min 55 s", "−12%", "7 days before"),
        "Positive calls": ("50%", None, "7 days before"),
    }
    assert "One booking in the last 7 days" in response.text
    assert "4 calls in the last 7 days, 1 of them booked." in response.text


@pytest.mark.parametrize("days", ["7", "30", "90", "nonsense", "-1", "²"])
def test_the_page_takes_three_periods_and_ignores_the_rest(browser, north, working_for, days):
    with working_for(north):
        make_call(north)
    response = browser.get(f"/dashboard?days={days}")
    assert response.context["days"] == (int(days) if days in {"30", "90"} else 7)
    assert len(response.context["chart"].values) == response.context["days"]


@pytest.mark.parametrize(
    ("show", "title"),
    [
        ("calls", "One call in the last 7 days, on"),
        ("value", "Treatments for £400 asked for in the last 7 days, all on"),
        ("sentiment", "100% of calls in the last 7 days were positive, none negative"),
        ("bookings", "No bookings in the last 7 days"),
        ("nonsense", "No bookings in the last 7 days"),
    ],
)
def test_one_chart_at_a_time_with_its_answer_as_title(browser, north, working_for, show, title):
    with working_for(north):
        make_call(north, sentiment_label="positive", financial_value=40000)
    page = browser.get(f"/dashboard?show={show}&days=7").text
    assert title in page
    assert "?days=7&amp;show=value" in page


def test_money_is_drawn_in_the_clinics_currency():
    days = [Day(day=(now() - timedelta(days=back)).date(), value_minor=back * 12550) for back in range(7)]
    pounds = draw(Measure.VALUE, days, currency="GBP")
    assert (pounds.spec["prefix"], pounds.rows[1][1], pounds.rows[2][1]) == ("£", "£125.50", "£251")
    assert draw(Measure.VALUE, days, currency="JPY").values[1] == 12550
    assert draw(Measure.VALUE, days, currency="CHF").rows[1][1] == "CHF 125.50"


CHECK = "check that your number still reaches your receptionist."
WEEK = Figures(calls=42, inbound=40, booked=12, value_minor=480000)


@pytest.mark.parametrize(
    ("this", "before", "said"),
    [
        (WEEK, Figures(), "42 calls in the last 7 days, 12 of them booked. They asked for treatments worth £4,800."),
        (Figures(calls=1), Figures(), "One call in the last 7 days, which did not book."),
        (Figures(calls=1, booked=1), Figures(), "One call in the last 7 days, and it booked."),
        (Figures(calls=3, booked=3), Figures(), "3 calls in the last 7 days, and all of them booked."),
        (
            Figures(calls=3), Figures(calls=2, booked=1),
            "3 calls in the last 7 days, none of them booked. That is 1 booking fewer than in the 7 days before.",
        ),
        (
            Figures(calls=3, booked=2), Figures(calls=9, booked=2),
            "3 calls in the last 7 days, 2 of them booked. That is as many bookings as in the 7 days before.",
        ),
        (Figures(), Figures(), "Nobody called in the last 7 days."),
        (
            Figures(), Figures(calls=1),
            "Nobody called in the last 7 days. There was one call in the 7 days before: " + CHECK,
        ),
    ],
)  # fmt: skip
def test_the_week_is_told_in_a_sentence(this, before, said):
    assert " ".join(say_glance(this, before=before, days=7, currency="GBP")) == said


def test_the_sum_of_no_days_is_nothing():
    assert total([]) == Figures()


def test_calls_bookings_and_messages_stand_in_one_line_of_time(browser, north, working_for):
    moment = now()
    with working_for(north):
        contact = Contact.objects.create(name="Cleo Marsh", phone="+447700900777")
        make_message(moment - timedelta(minutes=3), contact=contact)
        make_message(moment - timedelta(minutes=9), method="email", recipient="dee@example.org", status="failed")
        visit = make_appointment(moment + timedelta(days=2), patient_name="Elif Kaya")
        held = make_appointment(
            moment + timedelta(days=3), patient_name="Nobody Yet", status=AppointmentStatus.HELD, held_until=moment
        )
        make_call(north, caller_name="Ben Okoye", created_at=moment - timedelta(minutes=5))
        make_call(north, caller_name="Farah Aziz", status=CallStatus.IN_PROGRESS, duration_seconds=None)
    page = browser.get("/dashboard", headers=HTMX).text
    page = page[page.index("Recent activity") :]
    order = [page.index(name) for name in ("Farah Aziz", "Elif Kaya", "Cleo Marsh", "Ben Okoye", "dee@example.org")]
    assert order == sorted(order)
    assert ">Live<" in page
    assert "SMS · delivered" in page
    assert f"/dashboard/appointments/{visit.pk}" in page
    assert held.patient_name not in page


def test_only_the_last_ten_are_shown(browser, north, working_for):
    with working_for(north):
        for number in range(12):
            make_call(north, created_at=now() - timedelta(minutes=number))
            make_message(now() - timedelta(minutes=number, seconds=30))
    assert len(browser.get("/dashboard").context["events"]) == 10


def test_failed_calls_need_somebody(browser, north, working_for):
    with working_for(north):
        make_call(north, status=CallStatus.FAILED, outcome="failed")
    assert "One call failed today" in browser.get("/dashboard").text


def test_messages_that_did_not_arrive_need_somebody_for_three_days(browser, north, working_for):
    with working_for(north):
        make_call(north)
        make_message(now() - timedelta(days=4), status="failed")
        make_message(status="delivered")
    assert "did not arrive" not in browser.get("/dashboard").text
    with working_for(north):
        make_message(status="failed")
    page = browser.get("/dashboard").text
    assert "One message did not arrive" in page
    assert "/dashboard/messages?status=failed" in page
    with working_for(north):
        make_message(now() - timedelta(days=2), status="undelivered")
    assert "2 messages did not arrive" in browser.get("/dashboard").text


def test_questions_without_an_answer_and_unreadable_documents_need_somebody(browser, north, working_for):
    with working_for(north):
        make_document(title="Scan", status="failed", error="There is no text in this file.")
        for text in ("Can I bring my dog?", "Are dogs allowed?"):
            note_unanswered(org=north, call_id=uuid4(), asked=[Asked(tool_call_id="t", words=text, at=now())])
    page = browser.get("/dashboard").text
    assert "A caller’s question has no answer" in page
    assert "One document could not be read" in page

    with working_for(north):
        note_unanswered(org=north, call_id=uuid4(), asked=[Asked(tool_call_id="t", words="Bupa?", at=now())])
    assert "2 questions of callers have no answer" in browser.get("/dashboard").text
