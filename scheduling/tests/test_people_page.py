"""A clinic says who can be booked, for what and when. Somebody always can be."""

import re
from datetime import UTC, date, datetime, time
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from agents.payload import draft_assistant
from contacts.models import Service
from orgs.actors import Actor
from orgs.models import AuditEntry, Role
from orgs.scope import org_scope
from scheduling.availability import find_slots
from scheduling.errors import LastPractitioner
from scheduling.models import Appointment, AppointmentStatus, BusinessHours, Practitioner, PractitionerService
from scheduling.practitioners import deactivate_practitioner
from scheduling.tests.factories import let_do, make_appointment, make_practitioner, set_hours

PAGE = "/dashboard/settings/practitioners"
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def owner(north, north_owner, sign_in):
    return sign_in(north_owner)


@pytest.fixture
def okoye(north, working_for) -> Practitioner:
    with working_for(north):
        return make_practitioner(name="Dr Okoye")


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def of(person: Practitioner, what: str = "") -> str:
    return f"{PAGE}/{person.pk}{f'/{what}' if what else ''}"


def test_somebody_is_added_and_can_be_booked(owner, north, working_for):
    answer = owner.post(PAGE, {"name": "  Dr   Okoye "}, follow=True)
    assert "Dr Okoye can be booked." in text(answer)
    with working_for(north):
        okoye = Practitioner.objects.get(name="Dr Okoye")
        assert find_slots(org=north, first_day=TUESDAY, last_day=TUESDAY, practitioner=okoye)
        agent = Agent.objects.get(call_direction="inbound")
        assert "Who can be booked: Clinic team, Dr Okoye" in str(draft_assistant(agent=agent, org=north))
        assert AuditEntry.objects.filter(action="practitioner.added").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "This field is required."), ("dr okoye", "so that callers can choose"), ("x" * 81, "at most 80 characters")],
)
def test_a_name_that_cannot_be_is_refused(owner, okoye, name, said):
    for address in (PAGE, of(okoye)):
        if (address, name) == (of(okoye), "dr okoye"):
            continue  # their own
        answer = owner.post(address, {"name": name})
        assert answer.status_code == 422
        assert said in text(answer)


def test_somebody_is_renamed(owner, north, okoye, working_for):
    owner.post(of(okoye), {"name": "Dr Ada Okoye"})
    with working_for(north):
        okoye.refresh_from_db()
    assert okoye.name == "Dr Ada Okoye"


def test_taking_somebody_out_says_what_becomes_of_appointments_and_keeps_them(owner, north, okoye, working_for):
    with working_for(north):
        visit = make_appointment(datetime(2026, 11, 24, 10, tzinfo=UTC), practitioner=okoye, patient_name="Ana Reyes")
        let_do(okoye, Service.objects.get(name="Facelift"))
    asked = text(owner.get(of(okoye, "deactivate")))
    assert "1 coming appointment stays as booked: move or cancel it yourself." in asked
    assert "Ana Reyes" in asked
    assert "Nobody else does Facelift. Callers cannot book it until somebody does." in asked
    done = owner.post(of(okoye, "deactivate"), follow=True)
    assert "Dr Okoye cannot be booked any more." in text(done)
    assert "1 appointment still to come" in text(done)
    with working_for(north):
        visit.refresh_from_db()
        assert visit.status == AppointmentStatus.CONFIRMED
        assert not find_slots(org=north, first_day=TUESDAY, last_day=TUESDAY, practitioner=okoye)
    day = text(owner.get("/dashboard/appointments/day?day=2026-11-24"))
    assert "Dr Okoye" in day
    assert "Ana Reyes" in day
    assert "can be booked again" in text(owner.post(of(okoye, "reactivate"), follow=True))


def test_the_last_one_stays(owner, north, working_for):
    with working_for(north):
        last = Practitioner.objects.get()
    answer = owner.post(of(last, "deactivate"))
    assert answer.status_code == 409
    assert "Somebody has to be bookable." in text(answer)
    with working_for(north):
        assert Practitioner.objects.get().is_active


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_each_other_out_one_stays(north, okoye, working_for):
    with working_for(north):
        people = list(Practitioner.objects.values_list("pk", flat=True))
    gate, refused = Barrier(2), []

    def take_out(practitioner_id: int) -> None:
        gate.wait()
        try:
            with org_scope(north):
                deactivate_practitioner(org=north, practitioner_id=practitioner_id, actor=Actor.system(north.pk))
        except LastPractitioner:
            refused.append(practitioner_id)
        finally:
            connections.close_all()

    threads = [Thread(target=take_out, args=[pk]) for pk in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with working_for(north):
        assert len(refused) == 1
        assert Practitioner.objects.filter(is_active=True).count() == 1


def test_services_are_chosen_and_everybody_does_what_nobody_is_chosen_for(owner, north, okoye, working_for):
    with working_for(north):
        team = Practitioner.objects.get(name="Clinic team")
        services = {service.name: str(service.pk) for service in Service.objects.all()}
    without = [pk for name, pk in services.items() if name != "Botox"]
    owner.post(of(okoye, "services"), {"services": without})
    with working_for(north):
        assert list(PractitionerService.objects.values_list("practitioner_id", flat=True)) == [team.pk]
    assert "6 of 7 services" in text(owner.get(PAGE))
    refused = owner.post(of(team, "services"), {"services": without})
    assert refused.status_code == 422
    assert "Nobody else does Botox. Give it to somebody else first." in text(refused)
    owner.post(of(okoye, "services"), {"services": list(services.values())})
    with working_for(north):
        assert not PractitionerService.objects.exists()


def test_own_hours_are_worked_until_the_clinics_are_chosen_again(owner, north, okoye, working_for):
    own = {"hours": "own", "d1_0_from": "18:00", "d1_0_to": "20:00"}
    assert owner.post(of(okoye, "hours"), own).status_code == 302
    assert "Own hours" in text(owner.get(PAGE))
    with working_for(north):
        (slot, *_) = find_slots(org=north, first_day=TUESDAY, last_day=TUESDAY, practitioner=okoye)
        assert slot.starts_at == datetime(2026, 11, 24, 18, tzinfo=UTC)
    owner.post(of(okoye, "hours"), {**own, "hours": "clinic"})
    with working_for(north):
        assert not BusinessHours.objects.filter(practitioner=okoye).exists()
        assert BusinessHours.objects.filter(opens_at=time(9)).count() == 5


def test_own_hours_need_a_day_and_buttons_save_nothing(owner, north, okoye, working_for):
    empty = owner.post(of(okoye, "hours"), {"hours": "own"})
    assert empty.status_code == 422
    assert "let them work the clinic’s hours" in text(empty)
    added = owner.post(of(okoye, "hours"), {"hours": "own", "edit": "add-6"})
    assert 'name="d6_0_from" value="09:00"' in added.content.decode()
    with working_for(north):
        assert not BusinessHours.objects.filter(practitioner=okoye).exists()


def test_members_look(north, okoye, add_member, sign_in):
    member = sign_in(add_member(north, Role.MEMBER))
    assert "Dr Okoye" in text(member.get(PAGE))
    assert "Admins and owners change these." in text(member.get(of(okoye)))
    assert member.get(of(okoye, "deactivate")).status_code == 403


def test_others_see_nobody(okoye, sign_in, south_owner, south):
    stranger = sign_in(south_owner)
    assert f"{PAGE}/{okoye.pk}" not in stranger.get(PAGE).content.decode()
    for what in ("", "deactivate"):
        assert stranger.get(of(okoye, what)).status_code == 404
    for what in ("", "services", "hours", "deactivate", "reactivate"):
        assert stranger.post(of(okoye, what), {"name": "Mine"}).status_code == 404
    assert stranger.get(f"{PAGE}/{2**63 + 5}").status_code == 404


def test_the_list_takes_the_same_number_of_queries_however_many(owner, north, working_for):
    counts = []
    for number in (1, 6):
        with working_for(north):
            for _ in range(number):
                person = make_practitioner()
                set_hours((0, "09:00", "10:00"), practitioner=person)
                make_appointment(datetime(2026, 11, 24, 10, tzinfo=UTC), practitioner=person)
        owner.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            owner.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    with working_for(north):
        assert Appointment.objects.count() == 7
