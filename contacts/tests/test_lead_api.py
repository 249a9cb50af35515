"""`/api/contacts`: what integrators read and write."""

import json
from datetime import timedelta

import pytest

from contacts.models import Contact, LeadScore
from contacts.tests.factories import make_contact
from orgs.models import AuditEntry
from scheduling.tests.factories import make_appointment
from voxanne.clock import now

pytestmark = pytest.mark.django_db
URL = "/api/contacts"


@pytest.fixture
def api(north, north_owner, sign_in):
    """Sends JSON; answers with status and body."""
    client = sign_in(north_owner)

    def send(method, path="", body=None, **headers):
        answer = client.generic(
            method, f"{URL}{path}", json.dumps(body or {}), content_type="application/json", headers=headers
        )
        return answer.status_code, answer.json() if answer.content else None

    return send


def test_a_contact_is_made_and_read_under_new_and_old_names(api, north):
    status, made = api("POST", body={"contact_name": "Ana Reyes", "phone_number": "07700 900123"})

    assert status == 201
    assert (made["name"], made["contact_name"]) == ("Ana Reyes", "Ana Reyes")
    assert (made["phone"], made["phone_number"]) == ("+447700900123", "+447700900123")
    assert (made["lead_status"], made["lead_score"], made["lead_temperature"]) == ("new", 40, "warm")
    assert (made["services_interested"], made["service_interests"], made["custom_fields"]) == ([], [], {})
    assert api("GET", f"/{made['id']}") == (200, made)


def test_the_older_names_are_taken_too(api):
    status, made = api("POST", body={"name": "Ben", "phone": "+447700900777", "service_interests": ["Botox"]})

    assert (status, made["contact_name"], made["services_interested"]) == (201, "Ben", ["Botox"])


def test_the_same_key_makes_the_same_contact(api, north, working_for):
    body = {"contact_name": "Ana"}
    first, second = (api("POST", body=body, **{"Idempotency-Key": "wish"}) for _ in range(2))

    assert first[1]["id"] == second[1]["id"]
    assert api("POST", body=body, **{"Idempotency-Key": "another"})[1]["id"] != first[1]["id"]
    with working_for(north):
        assert Contact.objects.count() == 2


def test_a_number_that_somebody_has_is_refused_with_who(api):
    _, ana = api("POST", body={"phone": "+447700900123"})
    _, ben = api("POST", body={"phone": "+447700900777"})

    for method, path in (("POST", ""), ("PATCH", f"/{ben['id']}")):
        status, refused = api(method, path, {"phone": "07700 900123"})
        assert (status, refused["code"], refused["contact_id"]) == (409, "number_taken", ana["id"])


@pytest.mark.parametrize(
    "body",
    [
        {}, {"notes": "Who?"}, {"phone": "12"}, {"email": "no"}, {"name": "x" * 121},
        {"name": "A", "lead_status": "hot"},
        {"name": "A", "services_interested": "Botox"}, {"name": "A", "custom_fields": {"a": {"b": 1}}},
        {"name": "A", "custom_fields": {str(n): "" for n in range(51)}}, {"name": "A", "date_of_birth": "someday"},
        {"name": "A", "notes": "half: \ud800"}, {"name": "A", "notes": "a\0"},
        {"name": "A", "custom_fields": {"a\0": "b"}},
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(api, north, working_for, body):
    status, refused = api("POST", body=body)

    assert status == 400
    assert "error" in refused
    with working_for(north):
        assert not Contact.objects.exists()


def test_only_what_is_given_changes(api, north, working_for):
    _, made = api("POST", body={"name": "Ana Reyes", "phone": "+447700900123", "email": "ana@patients.example"})
    status, changed = api(
        "PATCH", f"/{made['id']}", {"lead_status": "contacted", "custom_fields": {"Referred by": "Dr Chen"}}
    )

    assert status == 200
    assert {**changed, "updated_at": ""} == {
        **made, "lead_status": "contacted", "custom_fields": {"Referred by": "Dr Chen"}, "updated_at": "",
    }  # fmt: skip
    with working_for(north):
        entry = AuditEntry.objects.get(action="contact.changed")
        assert entry.details == {"changed": ["lead_status", "custom_fields"]}


def test_score_and_temperature_are_not_for_writing(api):
    _, made = api("POST", body={"name": "Ana", "lead_score": 99, "lead_temperature": "hot"})

    assert (made["lead_score"], made["lead_temperature"]) == (40, "warm")


def test_they_are_blocked_and_opted_out_and_back(api):
    _, made = api("POST", body={"name": "Ana", "phone": "+447700900123"})
    path = f"/{made['id']}"

    _, out = api("PATCH", path, {"is_blocked": True, "is_opted_out": True})
    assert (out["is_blocked"], out["is_opted_out"]) == (True, True)
    _, back = api("PATCH", path, {"is_blocked": False, "is_opted_out": False})
    assert (back["blocked_at"], back["opted_out_at"]) == (None, None)


def test_pages_are_narrowed_sorted_and_read_to_the_end(api, north, working_for):
    with working_for(north):
        for number in range(23):
            make_contact(name=f"Lead {number}", phone=f"+4477009{number:05d}", lead_score=number * 4)
    seen, cursor = [], ""
    while cursor is not None:
        _, page = api("GET", f"?sort=score&limit=7&lead_temperature=cold&cursor={cursor}")
        seen += [one["lead_score"] for one in page["contacts"]]
        cursor = page["next_cursor"]

    assert seen == [36, 32, 28, 24, 20, 16, 12, 8, 4, 0]
    assert [one["name"] for one in api("GET", "?search=Lead+22")[1]["contacts"]] == ["Lead 22"]
    assert api("GET", "?lead_status=booked")[1] == {"contacts": [], "next_cursor": None}


@pytest.mark.parametrize("query", ["?sort=sideways", "?limit=0", "?limit=1000", "?lead_status=x", "?cursor=nonsense"])
def test_a_question_that_cannot_be_understood_is_refused(api, query):
    assert api("GET", query)[0] == 400


def test_the_counts_have_new_and_old_names(api, north, working_for):
    with working_for(north):
        for number, score in enumerate((90, 70, 69, 40, 39)):
            make_contact(phone=f"+4477009{number:05d}", lead_score=score)

    assert api("GET", "/stats") == (200, {
        "total_leads": 5, "hot_leads": 2, "warm_leads": 2, "cold_leads": 1, "total": 5, "hot": 2, "warm": 2, "cold": 1,
    })  # fmt: skip


def test_one_is_deleted_unless_they_are_to_come(api, north, working_for):
    _, made = api("POST", body={"name": "Ana"})
    with working_for(north):
        LeadScore.objects.create(contact_id=made["id"], score=40)
        visit = make_appointment(now() + timedelta(days=1), contact_id=made["id"])
    assert api("DELETE", f"/{made['id']}")[1]["code"] == "still_expected"

    with working_for(north):
        visit.status = "cancelled"
        visit.save()
    assert api("DELETE", f"/{made['id']}") == (204, None)
    assert api("GET", f"/{made['id']}")[0] == 404
