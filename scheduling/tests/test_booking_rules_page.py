"""A clinic sets what callers may book and change, and reads it in words."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from agents.models import Agent
from agents.payload import draft_assistant
from contacts.models import Service
from orgs.models import AuditEntry, Role
from scheduling.availability import find_slots
from scheduling.booking_rules import say_span
from scheduling.models import SchedulingSettings

pytestmark = pytest.mark.django_db
PAGE = "/dashboard/settings/booking"


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def owner(north, north_owner, sign_in):
    return sign_in(north_owner)


@pytest.fixture
def botox(north, working_for) -> Service:
    with working_for(north):
        return Service.objects.get(name="Botox")


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def rules(**changes: str) -> dict[str, str]:
    usual = {
        "duration_minutes": "30", "buffer_before_minutes": "0", "buffer_after_minutes": "10", "notice": "2",
        "notice_unit": "hours", "horizon_days": "90", "slot_step_minutes": "30",
    }  # fmt: skip
    return {**usual, **changes}


def test_the_rules_are_said_in_words(owner):
    shown = text(owner.get(PAGE))
    assert "Callers may move or cancel by themselves until 24 hours before." in shown
    assert "Callers can book from 2 hours before up to 90 days ahead, every 30 minutes." in shown
    assert "Takes 30 minutes; 10 minutes after it stay free." in shown


def test_what_callers_may_change_is_stored_once_and_on_record(owner, north, working_for):
    for _ in range(2):
        owner.post(PAGE, {"change_notice": "48", "needs_approval": "on"})
    with working_for(north):
        stored = SchedulingSettings.objects.get()
        assert (stored.change_notice_minutes, stored.callers_may_change, stored.needs_approval) == (2880, False, True)
        assert AuditEntry.objects.filter(action="settings.scheduling_changed").count() == 1
    assert "are asked to speak to your team" in text(owner.get(PAGE))


@pytest.mark.parametrize("notice", ["", "-1", "99999", "soon"])
def test_a_notice_that_cannot_be_is_refused(owner, north, working_for, notice):
    assert owner.post(PAGE, {"change_notice": notice}).status_code == 422
    with working_for(north):
        assert not SchedulingSettings.objects.exists()


def test_a_services_rules_decide_what_is_offered_and_what_agents_say(owner, north, botox, working_for):
    changed = rules(duration_minutes="45", notice="3", notice_unit="days", slot_step_minutes="60")
    answer = owner.post(f"{PAGE}/{botox.pk}", changed, follow=True)
    assert "Saved. Callers can book from 3 days before up to 90 days ahead, every hour." in text(answer)
    with working_for(north):
        service = Service.objects.get(name="Botox")
        monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
        slots = find_slots(org=north, first_day=monday, last_day=tuesday, service=service, limit=None)
        assert slots[0].starts_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
        assert {slot.starts_at.minute for slot in slots} == {0}
        agent = Agent.objects.get(call_direction="inbound")
        assert "Botox £400 (45 minutes)" in str(draft_assistant(agent=agent, org=north))
        assert Service.objects.exclude(pk=botox.pk).filter(slot_step_minutes=60).count() == 0


def test_notice_days_and_step_can_be_given_to_all(owner, north, botox, working_for):
    owner.post(f"{PAGE}/{botox.pk}", rules(notice="0", horizon_days="30", share="on", duration_minutes="50"))
    with working_for(north):
        assert set(Service.objects.values_list("minimum_notice_minutes", "horizon_days")) == {(0, 30)}
        assert Service.objects.filter(duration_minutes=50).count() == 1
        assert AuditEntry.objects.filter(action="service.rules_changed").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"duration_minutes": "4"}, "greater than or equal to 5"),
        ({"duration_minutes": "1441"}, "less than or equal to 1440"),
        ({"buffer_after_minutes": "-1"}, "greater than or equal to 0"),
        ({"horizon_days": "0"}, "greater than or equal to 1"),
        ({"slot_step_minutes": "7"}, "Select a valid choice"),
        ({"notice_unit": "weeks"}, "Select a valid choice"),
        ({"notice": "5", "notice_unit": "days", "horizon_days": "3"}, "Nothing could be booked"),
    ],
)
def test_rules_that_cannot_be_are_refused(owner, botox, changes, said):
    answer = owner.post(f"{PAGE}/{botox.pk}", rules(**changes))
    assert answer.status_code == 422
    assert said in text(answer)


def test_members_look(north, botox, add_member, sign_in):
    member = sign_in(add_member(north, Role.MEMBER))
    assert "Admins and owners change these." in text(member.get(f"{PAGE}/{botox.pk}"))
    assert member.post(f"{PAGE}/{botox.pk}", rules()).status_code == 403


def test_others_see_nothing(botox, sign_in, south_owner, south):
    stranger = sign_in(south_owner)
    assert stranger.get(f"{PAGE}/{botox.pk}").status_code == 404
    assert stranger.post(f"{PAGE}/{botox.pk}", rules()).status_code == 404


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (60, "1 hour"),
        (90, "1 hour 30 minutes"),
        (1440, "24 hours"),
        (2880, "2 days"),
    ],
)
def test_lengths_are_said_as_people_do(minutes, said):
    assert say_span(minutes) == said
