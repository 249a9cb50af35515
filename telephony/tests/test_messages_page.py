"""The audit trail of messages."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from orgs.models import Role
from orgs.scope import org_scope, org_tx
from telephony.models import Message
from telephony.tests.texting import PATIENT

pytestmark = pytest.mark.django_db
URL = "/dashboard/messages"
OTHER = "+447700900555"


def keep(org, **values):
    """A message as it is found later."""
    facts = {"method": "sms", "recipient": PATIENT, "content": "See you at 9.", "status": "delivered"}
    with org_scope(org), org_tx():
        number = Message.objects.count()
        return Message.objects.create(**facts | {"idempotency_key": f"kept-{number}"} | values)


@pytest.fixture
def browser(north_owner, north, sign_in):
    return sign_in(north_owner)


def shown(browser, query="", **headers):
    answer = browser.get(f"{URL}{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_clinic_without_messages_is_told_what_to_do(browser):
    assert "No messages yet" in shown(browser)
    assert "Open Integrations" in shown(browser)


def test_messages_are_listed_with_their_people(browser, north, south):
    with org_scope(north), org_tx():
        person = Contact.objects.create(phone=PATIENT, name="Ana Silva")
    keep(north, contact=person)
    keep(
        north, direction="inbound", status="received", content="Running late", media_count=1, recipient="+447700900555"
    )
    keep(north, method="email", recipient="ben@patients.example", subject="Your visit", content="x" * 300)
    keep(south, content="South's own words")

    page = shown(browser)

    for words in ("Ana Silva", "07700 900123", "Running late", "1 attachment", "07700 900555", "ben@patients.example",
                  "Your visit", "Received", "Delivered"):  # fmt: skip
        assert words in page
    assert "x" * 200 not in page
    assert "South" not in page


def test_a_failed_one_says_what_to_do(browser, north):
    keep(north, status="failed", error="This number cannot get texts. Check the number, or call instead.")

    assert "Check the number, or call instead." in shown(browser)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?channel=email", {"mail"}), ("?direction=inbound", {"in"}), ("?status=failed", {"lost"}),
        ("?status=delivered&channel=sms", {"text"}), ("?q=07700+900123", {"text", "lost"}),
        ("?q=%2B447700900555", {"in"}),
        ("?q=ben@", {"mail"}), ("?q=nobody", set()), ("?channel=pigeon&status=lost", {"text", "mail", "in", "lost"}),
        ("?q=%00", {"text", "mail", "in", "lost"}),
    ],
)  # fmt: skip
def test_filters_stand_in_the_address(browser, north, query, found):
    keep(north, content="the-text")
    keep(north, content="the-mail", method="email", recipient="ben@patients.example")
    keep(north, content="the-in", direction="inbound", status="received", recipient="+447700900555")
    keep(north, content="the-lost", status="undelivered")

    page = shown(browser, query)

    assert {name for name in ("text", "mail", "in", "lost") if f"the-{name}" in page} == found
    if not found:
        assert "Clear the filters" in page


def test_pages_follow_each_other_without_gaps(browser, north):
    for number in range(60):
        keep(north, content=f"number-{number:02}.")
    seen, url = [], URL
    while url:
        answer = browser.get(url, headers={"HX-Request": "true"})
        page = answer.content.decode()
        seen += [part[:2] for part in page.split("number-")[1:]]
        url = answer.context["next_url"]

    assert seen == [f"{number:02}" for number in reversed(range(60))]


def test_rows_refresh_when_messages_change(browser, north):
    keep(north)
    assert 'hx-trigger="live:message from:body throttle:2s, message-sent from:body"' in shown(browser)
    assert "<html" not in shown(browser, **{"HX-Request": "true"})


def test_the_number_of_queries_does_not_grow(browser, north):
    keep(north)
    shown(browser)
    with CaptureQueriesContext(connection) as few:
        shown(browser)
    with org_scope(north), org_tx():
        person = Contact.objects.create(phone=PATIENT, name="Ana Silva")
    for _ in range(20):
        keep(north, contact=person)
    with CaptureQueriesContext(connection) as many:
        shown(browser)

    assert len(many) == len(few)


def test_every_member_may_read_it_and_no_stranger(north, south, sign_in, add_member, south_owner):
    keep(north, content="secret-words")

    assert "secret-words" in shown(sign_in(add_member(north, Role.MEMBER)))
    assert "secret-words" not in shown(sign_in(south_owner))
    assert Client().get(URL).status_code == 302


def test_a_broken_cursor_is_a_plain_answer(browser):
    assert browser.get(f"{URL}?cursor=nonsense").status_code == 400


def test_words_from_outside_are_only_words(browser, north):
    keep(north, content="<script>alert(1)</script>", direction="inbound", status="received")

    assert "<script>alert(1)" not in shown(browser)
