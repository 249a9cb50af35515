"""A clinic keeps its own opening hours and closures; its agents and its diary follow, and no appointment is lost."""

import re
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, SyncState
from agents.payload import draft_assistant
from orgs.models import AuditEntry, Role
from scheduling.availability import find_slots
from scheduling.models import AppointmentStatus, BusinessHours, Closure, Practitioner
from scheduling.tests.factories import close, make_appointment, make_practitioner, set_hours

pytestmark = pytest.mark.django_db
PAGE = "/dashboard/settings/hours"
CLOSE = f"{PAGE}/closures"
WEEKDAYS = range(5)


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def owner(north, north_owner, sign_in):
    return sign_in(north_owner)


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def week(opens: str = "09:00", closes: str = "17:00", **more: str) -> dict[str, str]:
    ends = {f"d{day}_0_{end}": at for day in WEEKDAYS for end, at in (("from", opens), ("to", closes))}
    return {**ends, **more}


def stored() -> list[tuple[int, time, time]]:
    rows = BusinessHours.objects.filter(practitioner=None).order_by("weekday", "opens_at")
    return list(rows.values_list("weekday", "opens_at", "closes_at"))


def test_the_page_shows_the_week_the_zone_and_days_off(owner, north, working_for):
    with working_for(north):
        close(date(2026, 12, 25), reason="Christmas")
        close(date(2026, 1, 1), reason="New Year")
    shown = owner.get(PAGE)
    assert shown.status_code == 200
    assert shown.content.decode().count('value="09:00"') == 5
    assert "By the clock in Europe/London" in text(shown)
    assert text(shown).index("Christmas") < text(shown).index("Past closures") < text(shown).index("New Year")


def test_saved_hours_reach_the_diary_the_agents_and_the_audit_log(owner, north, working_for):
    with working_for(north):
        Agent.objects.update(sync_state=SyncState.SYNCED)
    answer = owner.post(PAGE, week(closes="12:00", d5_0_from="10:00", d5_0_to="00:00"), follow=True)
    assert "Callers hear these hours from now on." in text(answer)
    with working_for(north):
        assert stored()[0] == (0, time(9), time(12))
        assert stored()[-1] == (5, time(10), time(0))
        slots = find_slots(org=north, first_day=date(2026, 11, 24), last_day=date(2026, 11, 24), limit=None)
        assert slots[-1].ends_at == datetime(2026, 11, 24, 12, tzinfo=UTC)
        agent = Agent.objects.get(call_direction="inbound")
        assert agent.sync_state == SyncState.SYNCING
        assert "Monday 09:00 to 12:00" in str(draft_assistant(agent=agent, org=north))
        assert "Saturday 10:00 to midnight" in str(draft_assistant(agent=agent, org=north))
        assert AuditEntry.objects.get(action="hours.changed").details["week"]["0"] == ["09:00-12:00"]


def test_saving_the_same_again_changes_nothing(owner, north, working_for):
    assert "Nothing was changed." in text(owner.post(PAGE, week(), follow=True))
    with working_for(north):
        assert not AuditEntry.objects.filter(action="hours.changed").exists()


def test_hours_that_cannot_be_are_refused_and_nothing_stored(owner, north, working_for):
    with working_for(north):
        before = stored()
    answer = owner.post(PAGE, week(d0_1_from="16:00", d0_1_to="18:00"))
    assert answer.status_code == 422
    assert "This overlaps 09:00–17:00." in text(answer)
    with working_for(north):
        assert stored() == before


def test_buttons_change_the_page_and_nothing_else(owner, north, working_for):
    whole = owner.post(PAGE, week(closes="12:00", edit="add-5"))
    part = owner.post(PAGE, week(closes="12:00", edit="add-5"), headers={"HX-Request": "true"})
    assert 'name="d5_0_from" value="09:00"' in whole.content.decode()
    assert "<html" in whole.content.decode()
    assert part.content.decode().strip().startswith('<div id="week"')
    with working_for(north):
        assert stored()[0] == (0, time(9), time(17))


def test_appointments_outside_are_listed_with_links_and_stay(owner, north, working_for):
    with working_for(north):
        late = make_appointment(datetime(2026, 11, 24, 16, tzinfo=UTC), patient_name="Ana Reyes")
        make_appointment(datetime(2026, 11, 24, 10, tzinfo=UTC), patient_name="Ben Stone")
        make_appointment(datetime(2026, 11, 19, 22, tzinfo=UTC), patient_name="Past Visit")
    assert "Outside opening hours" not in text(owner.get(PAGE))
    shown = owner.post(PAGE, week(closes="12:00"), follow=True)
    assert "One coming appointment lies outside opening hours. It stands until you move or cancel it." in text(shown)
    assert f"/dashboard/appointments/{late.pk}" in shown.content.decode()
    assert "Ben Stone" not in text(shown)
    owner.post(CLOSE, {"first_day": "2026-11-24"})
    assert "2 coming appointments lie outside opening hours." in text(owner.get(PAGE))
    with working_for(north):
        late.refresh_from_db()
        assert late.status == AppointmentStatus.CONFIRMED


def test_a_clinic_without_hours_is_warned(owner):
    assert "so callers are offered nothing" in text(owner.post(PAGE, {}, follow=True))


def test_a_closure_is_added_once_told_and_removed(owner, north, working_for):
    typed = {"first_day": "2026-12-24", "last_day": "2027-01-01", "reason": "Christmas"}
    for _ in range(2):
        answer = owner.post(CLOSE, typed, follow=True)
    assert "Closed from Thursday 24 December to Friday 1 January." in text(answer)
    with working_for(north):
        closure = Closure.objects.get()
        agent = Agent.objects.get(call_direction="inbound")
        told = "Closed: Thursday 24 December 2026 to Friday 1 January 2027 (Christmas)"
        assert told in str(draft_assistant(agent=agent, org=north))
    for words in ("Removed. Thursday 24 December can be booked again.", "That closure was removed already."):
        assert words in text(owner.post(f"{CLOSE}/{closure.pk}/remove", follow=True))
    with working_for(north):
        actions = AuditEntry.objects.filter(action__startswith="closure.").values_list("action", flat=True)
        assert sorted(actions) == ["closure.added", "closure.removed"]


def test_one_practitioner_may_be_away_for_part_of_days(owner, north, working_for):
    with working_for(north):
        okoye = make_practitioner(name="Dr Okoye")
    typed = {"first_day": "2026-11-23", "last_day": "2026-11-25", "starts_at": "12:00", "ends_at": "00:00"}
    owner.post(CLOSE, {**typed, "practitioner": str(okoye.pk)})
    assert "12:00–00:00 each day · Dr Okoye" in text(owner.get(PAGE))
    with working_for(north):
        day = date(2026, 11, 24)
        slots = find_slots(org=north, first_day=day, last_day=day, practitioner=okoye, limit=None)
        assert slots[-1].ends_at == datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "This field is required."),
        ({"first_day": "2026-02-31"}, "Enter a valid date."),
        ({"first_day": "2026-11-19"}, "That is over already."),
        ({"first_day": "2026-12-24", "last_day": "2026-12-01"}, "It ends before it begins. Swap the days."),
        ({"first_day": "2206-12-24"}, "more than five years ahead"),
        ({"first_day": "2026-12-24", "last_day": "2028-01-01"}, "more than a year"),
        ({"first_day": "2026-12-24", "starts_at": "12:00"}, "Say until when"),
        ({"first_day": "2026-12-24", "ends_at": "12:00"}, "Say from when"),
        ({"first_day": "2026-12-24", "starts_at": "12:00", "ends_at": "11:00"}, "Swap the times"),
        ({"first_day": "2026-12-24", "starts_at": "12:00", "ends_at": "24:00"}, "Enter a valid time."),
        ({"first_day": "2026-12-24", "practitioner": "999999"}, "Select a valid choice."),
        ({"first_day": "2026-12-24", "reason": "x" * 121}, "at most 120 characters"),
    ],
)
def test_closures_that_cannot_be_say_what_to_do(owner, north, working_for, typed, said):
    answer = owner.post(CLOSE, typed)
    assert answer.status_code == 422
    assert said in text(answer)
    with working_for(north):
        assert not Closure.objects.exists()


def test_members_look_and_admins_change(north, add_member, sign_in):
    member = sign_in(add_member(north, Role.MEMBER))
    shown = text(member.get(PAGE))
    assert "Admins and owners change these." in shown
    assert "Add a closure" not in shown
    assert member.post(PAGE, week()).status_code == 403
    assert member.post(CLOSE, {"first_day": "2026-12-24"}).status_code == 403


def test_another_clinics_closures_and_people_do_not_exist(owner, south, working_for):
    with working_for(south):
        closure, theirs = close(date(2026, 12, 25)), Practitioner.objects.get()
    owner.post(f"{CLOSE}/{closure.pk}/remove")
    refused = owner.post(CLOSE, {"first_day": "2026-12-24", "practitioner": str(theirs.pk)})
    assert refused.status_code == 422
    with working_for(south):
        assert Closure.objects.count() == 1


def test_the_page_takes_the_same_number_of_queries_however_full(owner, north, working_for):
    counts = []
    for days in (range(23, 24), range(24, 28)):
        with working_for(north):
            for day in days:
                close(date(2026, 12, day), practitioner=make_practitioner())
                close(date(2026, 1, day))
                make_appointment(datetime(2026, 11, day, 20, tzinfo=UTC))
            set_hours(*((day.weekday(), "09:00", "12:00") for day in (date(2026, 11, one) for one in days)))
        owner.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            owner.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]
