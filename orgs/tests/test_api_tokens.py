"""Signing in without a browser."""

import threading
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from conftest import PASSWORD, make_org, make_user
from orgs.actors import Actor
from orgs.models import Membership, Role
from orgs.services import remove_member


def ask(path, **body):
    return Client().post(f"/api/auth/{path}", body, content_type="application/json")


def token(user, **body):
    return ask("token", email=user.email, password=PASSWORD, **body)


def with_bearer(access):
    return Client(headers={"authorization": f"Bearer {access}"})


def validate(access, org_id):
    return with_bearer(access).get(f"/api/orgs/validate/{org_id}")


def test_email_and_password_give_a_working_pair(north, north_owner):
    answer = token(north_owner)

    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "refresh"}
    assert validate(answer.json()["access"], north.pk).json() == {
        "valid": True,
        "org_id": str(north.pk),
        "name": "North Clinic",
        "role": "owner",
    }


@pytest.mark.parametrize(
    "body",
    [
        {"email": "owner@north.example", "password": "wrong"},
        {"email": "nobody@north.example", "password": PASSWORD},
        {"email": "owner@north.example", "password": PASSWORD, "org_id": str(uuid4())},
    ],
)
def test_which_part_was_wrong_is_not_said(north, body):
    answer = ask("token", **body)

    assert answer.status_code == 401
    assert answer.json() == {"error": "The email or password is not right.", "code": "bad_credentials"}


@pytest.mark.parametrize(
    "body",
    [{}, {"email": 5}, {"email": "x", "password": []}, {"email": "a@b.example", "password": "x", "org_id": "no"}],
)
def test_bad_input_names_the_fields(db, body):
    answer = ask("token", **body)

    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_input"
    assert answer.json()["fields"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff\xfe"])
def test_a_body_that_is_not_an_object_is_a_400(db, body):
    assert Client().post("/api/auth/token", body, content_type="application/json").status_code == 400


def test_somebody_in_several_clinics_must_name_one(north, south, north_owner, working_for):
    with working_for(south):
        Membership.objects.create(user=north_owner, role=Role.MEMBER)

    assert token(north_owner).json()["code"] == "choose_organisation"
    named = token(north_owner, org_id=str(south.pk)).json()
    assert validate(named["access"], south.pk).json()["role"] == "member"
    assert validate(named["access"], north.pk).status_code == 200


def test_another_clinic_is_forbidden(north, south, north_owner):
    access = token(north_owner).json()["access"]

    assert validate(access, south.pk).status_code == 403
    assert validate(access, uuid4()).status_code == 403


def test_a_malformed_uuid_is_a_400(north, north_owner):
    access = token(north_owner).json()["access"]

    answer = with_bearer(access).get("/api/orgs/validate/not-a-uuid")

    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


def test_a_session_may_ask_too_and_a_stranger_not(north, north_owner, sign_in):
    assert sign_in(north_owner).get(f"/api/orgs/validate/{north.pk}").status_code == 200
    assert Client().get(f"/api/orgs/validate/{north.pk}").status_code == 401


@pytest.mark.parametrize("header", ["Bearer x", "Bearer ", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.e30."])
def test_a_forged_token_is_refused(north, header):
    answer = Client(headers={"authorization": header}).get(f"/api/orgs/validate/{north.pk}")

    assert answer.status_code == 401


def test_a_refresh_token_works_once(north, north_owner):
    first = token(north_owner).json()

    second = ask("token/refresh", refresh=first["refresh"])
    again = ask("token/refresh", refresh=first["refresh"])

    assert second.status_code == 200
    assert again.status_code == 401
    assert ask("token/refresh", refresh=second.json()["refresh"]).status_code == 401, "a copied token ends them all"


def test_an_access_token_is_no_refresh_token_nor_the_other_way_round(north, north_owner):
    pair = token(north_owner).json()

    assert ask("token/refresh", refresh=pair["access"]).status_code == 401
    assert validate(pair["refresh"], north.pk).status_code == 401


def test_refreshing_takes_the_role_of_today(north, north_owner, add_member, working_for):
    member = add_member(north, Role.MEMBER)
    pair = token(member).json()
    with working_for(north):
        Membership.objects.filter(user=member).update(role=Role.ADMIN)

    fresh = ask("token/refresh", refresh=pair["refresh"]).json()

    assert validate(fresh["access"], north.pk).json()["role"] == "admin"


def test_the_end_of_a_membership_ends_its_tokens(north, north_owner, add_member, working_for):
    member = add_member(north, Role.MEMBER)
    pair = token(member).json()
    with working_for(north):
        remove_member(membership_id=Membership.objects.get(user=member).pk, actor=Actor.system(north.pk))

    assert validate(pair["access"], north.pk).status_code == 403
    assert ask("token/refresh", refresh=pair["refresh"]).status_code == 401


def test_a_revoked_token_is_dead_and_revoking_says_nothing(north, north_owner):
    pair = token(north_owner).json()

    assert ask("token/revoke", refresh=pair["refresh"]).status_code == 204
    assert ask("token/revoke", refresh=pair["refresh"]).status_code == 204
    assert ask("token/revoke", refresh="nonsense").status_code == 204
    assert ask("token/refresh", refresh=pair["refresh"]).status_code == 401


def test_tokens_are_not_kept_in_clear(north, north_owner):
    from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

    pair = token(north_owner).json()

    assert pair["refresh"] not in OutstandingToken.objects.values_list("token", flat=True)


def test_guessing_is_throttled(north, north_owner):
    answers = [ask("token", email=north_owner.email, password="wrong").status_code for _ in range(6)]

    assert answers == [401] * 5 + [429]
    assert token(north_owner).status_code == 429


def test_the_schema_is_for_people_who_are_signed_in(north, north_owner, sign_in):
    assert Client().get("/api/schema").status_code == 401
    schema = sign_in(north_owner).get("/api/schema")
    assert schema.status_code == 200
    assert b"/api/auth/token" in schema.content


def test_the_organisation_lists_itself_only_for_its_own(north, south, south_owner):
    make_org("Second South", south_owner)

    answer = token(south_owner)

    assert answer.status_code == 400
    assert "North" not in str(answer.json())


@pytest.mark.django_db(transaction=True)
def test_of_many_refreshes_at_once_one_wins():
    person = make_user("owner@north.example")
    make_org("North Clinic", person)
    pair = token(person).json()
    start, answers = threading.Barrier(6), []

    def refresh():
        start.wait()
        answers.append(ask("token/refresh", refresh=pair["refresh"]).status_code)
        connections.close_all()

    threads = [threading.Thread(target=refresh) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, 401, 401, 401, 401, 401]


def test_a_password_change_ends_the_refresh_tokens(north, north_owner):
    pair = token(north_owner).json()
    client = Client()
    client.post("/accounts/login/", {"login": north_owner.email, "password": PASSWORD})
    new = "a quite different horse 9"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert ask("token/refresh", refresh=pair["refresh"]).status_code == 401
