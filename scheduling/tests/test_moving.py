"""Moving a visit in the diary: asked first, explained when it cannot be, undone with a click."""

import json
import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from orgs.models import Role
from scheduling.models import Appointment, AppointmentStatus, Practitioner
from scheduling.tests.factories import make_appointment, make_practitioner

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
DIARY = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def desk(north, add_member, sign_in):
    return sign_in(add_member(north, Role.MEMBER))


@pytest.fixture
def visit(north, working_for) -> Appointment:
    with working_for(north):
        return make_appointment(TEN, patient_name="Ana Reyes")


@pytest.fixture
def okoye(visit, north, working_for) -> Practitioner:
    with working_for(north):
        return make_practitioner(name="Dr Okoye")


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def address(row: Appointment) -> str:
    return reverse("scheduling:move", args=[row.pk])


def to(at: str, row: Appointment, **more: str) -> dict[str, str]:
    return {"day": "2026-11-24", "at": at, "practitioner": str(row.practitioner_id), **more}


def told(answer) -> dict:
    return json.loads(answer["HX-Trigger"])


def test_a_drop_is_asked_about_first_from_where_to_where(desk, visit, okoye):
    asked = desk.get(f"{address(visit)}?day=2026-11-26&at=14:30&with={okoye.pk}", headers=DIARY)
    shown = text(asked)
    assert "From Tuesday 24 November, 10:00 with Clinic team" in shown
    assert "To Thursday 26 November, 14:30 with Dr Okoye" in shown
    assert 'value="14:30"' in asked.content.decode()
    assert "<html" not in asked.content.decode()


@pytest.mark.parametrize("query", ["", "?day=x&at=14:30", "?day=2026-11-26&at=25:00", "?day=2026-11-26&with=no"])
def test_the_form_stands_alone_and_bears_odd_addresses(desk, visit, query):
    page = desk.get(f"{address(visit)}{query}")
    assert page.status_code == 200
    assert 'value="10:00"' in page.content.decode()
    assert "hx-post" not in page.content.decode().split("<main")[1].split("</main")[0]


def test_a_move_in_the_diary_offers_to_undo_it(desk, visit, okoye, north, working_for):
    moved = desk.post(address(visit), to("14:30", visit, practitioner=str(okoye.pk)), headers=DIARY)
    assert moved.status_code == 204
    toast = told(moved)["toast"]
    assert toast["message"] == "Ana Reyes moved to 2:30 pm with Dr Okoye."
    assert told(moved)["dialog:close"]
    undone = desk.post(toast["undo"]["url"], toast["undo"]["values"], headers=DIARY)
    assert told(undone)["toast"] == {"level": "success", "message": "Ana Reyes is back at 10 am with Clinic team."}
    with working_for(north):
        visit.refresh_from_db()
        assert (visit.starts_at, visit.practitioner.name) == (TEN, "Clinic team")


def test_a_visit_outside_opening_hours_goes_back_there(desk, north, working_for):
    with working_for(north):
        late = make_appointment(TEN.replace(hour=20))
    undo = told(desk.post(address(late), to("12:00", late), headers=DIARY))["toast"]["undo"]
    desk.post(undo["url"], undo["values"], headers=DIARY)
    with working_for(north):
        late.refresh_from_db()
        assert late.starts_at == TEN.replace(hour=20)


def test_what_cannot_be_undone_any_more_says_so_and_stays(desk, visit, north, working_for):
    undo = told(desk.post(address(visit), to("14:30", visit), headers=DIARY))["toast"]["undo"]
    with working_for(north):
        make_appointment(TEN)
    refused = desk.post(undo["url"], undo["values"], headers=DIARY)
    assert refused.status_code == 409
    assert told(refused)["toast"]["message"].startswith("Ana Reyes stays on Tuesday 24 November at 2:30 pm.")
    assert "already been taken" in told(refused)["toast"]["message"]


def test_a_conflict_is_explained_with_what_is_free(desk, visit, north, working_for):
    with working_for(north):
        make_appointment(TEN.replace(hour=11))
    refused = desk.post(address(visit), to("11:00", visit), headers=DIARY)
    assert refused.status_code == 422
    assert "already been taken" in text(refused)
    take = re.search(r'name="take" value="([^"]+)"', refused.content.decode())[1]
    assert desk.post(address(visit), to("11:00", visit, take=take), headers=DIARY).status_code == 204


def test_dropped_where_it_was_nothing_happens_and_nothing_is_to_undo(desk, visit):
    assert "undo" not in told(desk.post(address(visit), to("10:00", visit), headers=DIARY))["toast"]


def test_cards_and_gaps_say_where_they_are(desk, visit, north, working_for):
    with working_for(north):
        done = make_appointment(TEN.replace(hour=12), status=AppointmentStatus.COMPLETED)
    page = desk.get("/dashboard/appointments/day?day=2026-11-24").content.decode()
    assert f'data-day="2026-11-24" data-with="{visit.practitioner_id}" data-name="Clinic team"' in page
    assert 'data-from="10:00" data-until="10:30"' in page
    assert f'data-move="{address(visit)}" data-length="30" data-step="30"' in page
    assert address(done) not in page


def test_another_clinics_visit_cannot_be_moved(visit, south_owner, south, sign_in):
    stranger = sign_in(south_owner)
    assert stranger.get(address(visit), headers=DIARY).status_code == 404
    assert stranger.post(address(visit), to("14:30", visit), headers=DIARY).status_code == 404
