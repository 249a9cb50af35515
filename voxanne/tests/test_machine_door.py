"""Machines' addresses are answered before anything that is only for people, with the same manners."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
WEBHOOK = "/api/vapi/webhook"


def test_a_machines_answer_has_its_length_and_an_id_and_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().post(WEBHOOK, "{}", content_type="application/json", headers={"Cookie": "voxanne_sid=x"})

    assert (answer.status_code, answer.json()) == (200, {})
    assert answer["Content-Length"] == "2"
    assert answer["X-Request-Id"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


def test_refusals_are_json():
    answer = Client().post(WEBHOOK, "{", content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "not_json")
    assert Client().get(WEBHOOK).status_code == 405


def test_an_unknown_address_under_it_is_not_found_in_json():
    answer = Client().post("/api/vapi/nothing", "{}", content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_foreign_host_is_refused():
    assert (
        Client().post(WEBHOOK, "{}", content_type="application/json", headers={"Host": "evil.example"}).status_code
        == 400
    )


def test_a_broken_view_is_a_plain_500(monkeypatch):
    monkeypatch.setattr("calls.api.webhooks.read_message", lambda request: 1 / 0)

    answer = Client(raise_request_exception=False).post(WEBHOOK, "{}", content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
