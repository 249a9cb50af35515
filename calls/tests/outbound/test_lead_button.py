"""The button on a lead's page that has them called."""

import re

import pytest

from contacts.models import Contact

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(clinic, north_owner, sign_in):
    return sign_in(north_owner)


@pytest.fixture
def url(clinic):
    return f"/dashboard/leads/{clinic.ana.pk}"


def key_on(page):
    return re.search(r'call-back".*?name="key" value="(\w+)"', page, re.DOTALL)[1]


def test_a_lead_is_called_once_however_often_it_is_pressed(clinic, browser, url):
    sent = {"key": key_on(browser.get(url).text)}

    answers = [browser.post(f"{url}/call-back", sent) for _ in range(2)]
    assert [answer.url for answer in answers] == [f"/dashboard/calls/{clinic.wish().call_id}"] * 2
    assert clinic.asked() == 1


def test_htmx_gets_the_button_as_it_is_now(clinic, browser, url):
    answer = browser.post(f"{url}/call-back", {"key": "k"}, headers=HTMX)

    assert "Calling Ana Reyes now." in answer["HX-Trigger"]
    assert f'action="{url}/call-back"' in answer.text
    assert "disabled" in answer.text


def test_a_refusal_is_told_in_words(clinic, browser, url):
    clinic.change(Contact, blocked_at="2026-01-01T00:00:00Z")

    answer = browser.post(f"{url}/call-back", {"key": "k"}, headers=HTMX)
    assert answer.status_code >= 400
    assert "toast" in answer["HX-Trigger"]
    assert clinic.asked() == 0
