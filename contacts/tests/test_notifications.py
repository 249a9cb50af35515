"""Whom hot leads are told to, and what a call counts for in which nothing was named."""

import pytest

from orgs.models import AuditEntry, IntegrationSettings, Role
from telephony.tests.texting import NUMBER, connect_twilio

pytestmark = pytest.mark.django_db
PAGE = "/dashboard/settings/notifications"


@pytest.fixture
def browser(sign_in, north_owner, north):
    return sign_in(north_owner)


def chosen(org, working_for):
    with working_for(org):
        settings = IntegrationSettings.objects.get()
    return settings.hot_lead_alert_phone, settings.fallback_value_minor


def test_a_number_and_a_value_are_kept_as_they_are_written_here(browser, north, working_for):
    for _ in range(2):
        assert browser.post(PAGE, {"alert_phone": "07700 900321", "fallback_value": "250"}).status_code == 302
    assert chosen(north, working_for) == ("+447700900321", 25_000)
    assert "250.00" in browser.get(PAGE).text
    assert browser.post(PAGE, {"alert_phone": "", "fallback_value": ""}).status_code == 302
    assert chosen(north, working_for) == ("", None)
    with working_for(north):
        assert AuditEntry.objects.filter(action="settings.notifications_changed").count() == 2


@pytest.mark.parametrize("wrong", [{"alert_phone": "12"}, {"fallback_value": "-1"}, {"fallback_value": "1.234"}])
def test_what_makes_no_sense_is_refused_at_its_field(browser, north, working_for, wrong):
    response = browser.post(PAGE, {"alert_phone": "", "fallback_value": "", **wrong})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == set(wrong)
    assert chosen(north, working_for) == ("", None)


def test_the_clinics_own_number_is_not_texted(browser, north):
    connect_twilio(north)
    response = browser.post(PAGE, {"alert_phone": NUMBER, "fallback_value": ""})
    assert "one of your clinic" in response.text
    assert "Twilio is not connected" not in response.text


def test_members_see_it_and_admins_change_it(north, sign_in, add_member):
    member = sign_in(add_member(north, Role.MEMBER))
    page = member.get(PAGE).text
    assert "Admins and owners change these" in page
    assert "Twilio is not connected" in page
    assert member.post(PAGE, {}).status_code == 403
