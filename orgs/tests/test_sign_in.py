"""Signing in and out, and the life of a session."""

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from conftest import PASSWORD
from orgs import sessions

NEW_PASSWORD = "a quite different horse 9"


def log_in(client, email, password=PASSWORD, **query):
    return client.post("/accounts/login/", {"login": email, "password": password, **query})


def session_key(client):
    return client.cookies["voxanne_sid"].value


def is_signed_in(client):
    return client.get("/dashboard/onboarding").status_code == 200


def test_the_right_password_signs_in_whatever_the_case_of_the_address(north, north_owner):
    client = Client()

    response = log_in(client, north_owner.email.upper())

    assert (response.status_code, response["Location"]) == (302, "/dashboard")
    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_look_the_same(north, north_owner):
    wrong = log_in(Client(), north_owner.email, "wrong password")
    unknown = log_in(Client(), "nobody@nowhere.example", "wrong password")

    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert "The email or password is not right." in str(wrong.context["form"].errors)


def test_a_closed_account_cannot_sign_in(north, north_owner):
    north_owner.is_active = False
    north_owner.save()
    client = Client()

    log_in(client, north_owner.email)

    assert not is_signed_in(client)


def test_after_five_wrong_passwords_even_the_right_one_waits(north, north_owner):
    for _ in range(5):
        log_in(Client(), north_owner.email, "wrong password")

    response = log_in(Client(), north_owner.email)

    assert "Too many tries" in str(response.context["form"].errors)


def test_one_address_cannot_try_many_accounts(db):
    answers = [log_in(Client(), f"person{n}@example.com", "wrong password") for n in range(11)]

    assert "Too many tries" not in str(answers[9].context["form"].errors)
    assert "Too many tries" in str(answers[10].context["form"].errors)


def test_a_forwarded_address_is_not_believed_without_a_proxy(db, settings):
    settings.TRUSTED_PROXIES = 0
    for n in range(11):
        answer = Client().post(
            "/accounts/login/",
            {"login": f"person{n}@example.com", "password": "wrong"},
            headers={"x-forwarded-for": f"203.0.113.{n}"},
        )

    assert "Too many tries" in str(answer.context["form"].errors)


@pytest.mark.parametrize(
    ("wanted", "sent_to"),
    [
        ("/dashboard/settings/team", "/dashboard/settings/team"),
        ("https://evil.example/", "/dashboard"),
        ("//evil.example/", "/dashboard"),
        ("/\\evil.example", "/dashboard"),
        ("javascript:alert(1)", "/dashboard"),
        ("http://testserver.evil.example/", "/dashboard"),
        ("http://localhost/", "/dashboard"),
    ],
)
def test_next_leads_nowhere_but_here(north, north_owner, wanted, sent_to):
    assert log_in(Client(), north_owner.email, next=wanted)["Location"] == sent_to


def test_a_page_sends_a_stranger_to_sign_in_and_back_with_its_filters(db):
    response = Client().get("/dashboard/settings/team?sort=name&page=2")

    assert response["Location"] == "/accounts/login/?next=%2Fdashboard%2Fsettings%2Fteam%3Fsort%3Dname%26page%3D2"


def test_the_session_key_changes_at_sign_in(north, north_owner):
    client = Client()
    client.get("/accounts/login/")
    client.session["seen"] = True
    client.session.save()
    before = client.session.session_key

    log_in(client, north_owner.email)

    assert session_key(client) != before


def test_silence_signs_out(north, north_owner):
    client = Client()
    with time_machine.travel(0, tick=False) as clock:
        clock.move_to("2026-11-20T09:00:00Z")
        log_in(client, north_owner.email)
        clock.shift(29 * 60)
        assert is_signed_in(client)
        clock.shift(29 * 60)
        assert is_signed_in(client)
        clock.shift(31 * 60)
        assert not is_signed_in(client)


def test_no_session_lives_longer_than_twelve_hours(north, north_owner):
    client = Client()
    with time_machine.travel("2026-11-20T09:00:00Z", tick=False) as clock:
        log_in(client, north_owner.email)
        for _ in range(24):
            clock.shift(29 * 60)
            assert is_signed_in(client)
        clock.shift(29 * 60)
        assert not is_signed_in(client)


def test_a_password_change_ends_every_session(north, north_owner):
    here, elsewhere = Client(), Client()
    log_in(here, north_owner.email)
    log_in(elsewhere, north_owner.email)

    here.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    )

    assert not is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert not Session.objects.filter(session_key=session_key(elsewhere)).exists()
    assert log_in(Client(), north_owner.email, NEW_PASSWORD).status_code == 302


def test_a_reset_link_sets_a_new_password_once_and_ends_sessions(north, north_owner):
    EmailAddress.objects.create(user=north_owner, email=north_owner.email, primary=True, verified=True)
    elsewhere = Client()
    log_in(elsewhere, north_owner.email)
    client = Client()
    client.post("/accounts/password/reset/", {"email": north_owner.email})
    link = next(word for word in mail.outbox[0].body.split() if "password/reset/key" in word)

    form = client.get(link.replace("http://testserver", ""))
    client.post(form["Location"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert not is_signed_in(elsewhere)
    assert log_in(Client(), north_owner.email, NEW_PASSWORD).status_code == 302
    again = Client().get(link.replace("http://testserver", ""), follow=True)
    assert again.context["token_fail"]


def test_asking_for_a_reset_says_nothing_about_the_address(north, north_owner):
    known = Client().post("/accounts/password/reset/", {"email": north_owner.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@nowhere.example"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


def test_sign_out_needs_a_post_and_ends_the_session(north, north_owner):
    client = Client()
    log_in(client, north_owner.email)
    key = session_key(client)

    client.get("/accounts/logout/")
    assert is_signed_in(client)
    client.post("/accounts/logout/")

    assert not is_signed_in(client)
    assert not Session.objects.filter(session_key=key).exists()


def test_a_new_second_factor_ends_the_other_sessions(north, north_owner):
    EmailAddress.objects.create(user=north_owner, email=north_owner.email, primary=True, verified=True)
    here, elsewhere = Client(), Client()
    log_in(here, north_owner.email)
    log_in(elsewhere, north_owner.email)

    ended = sessions.end_sessions(north_owner, keep=session_key(here))

    assert ended == 1
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
