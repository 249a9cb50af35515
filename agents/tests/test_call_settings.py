"""A clinic's choices for its calls: stored, audited, and followed by Vapi."""

from datetime import time

import pytest

from agents.models import CallDirection, SyncState
from agents.tests.conftest import assistants_of, sync
from agents.tests.twilio_accounts import NUMBER, change_number, choose, connect, number_of
from orgs.models import AuditEntry, IntegrationSettings, Role
from orgs.scope import org_scope, org_tx
from telephony.models import NumberState

PAGE = "/dashboard/settings/calls"


def settings_of(org):
    with org_scope(org), org_tx():
        return IntegrationSettings.objects.get()


def posted(org, **changes):
    """The form as a browser sends it back, with these changes; None leaves a field out, as unticked boxes are."""
    chosen = settings_of(org)
    values = {
        "call_routing": chosen.call_routing, "transfer_phone_number": chosen.transfer_phone_number,
        "greet_by_name": "on", "caller_memory_enabled": "on", "recording_enabled": "on", "live_transcripts": "on",
        "recording_consent_message": chosen.recording_consent_message, "quiet_hours_start": "20:00",
        "quiet_hours_end": "08:00", "outbound_cap_per_contact": "3", "outbound_cap_per_day": "200",
        "outbound_concurrency": "5", "webhook_auth": chosen.webhook_auth, **changes,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


def settled(org, change_agent):
    for direction in CallDirection:
        change_agent(org, direction, sync_state=SyncState.SYNCED, sync_due_at=None)


def audited(org):
    with org_scope(org), org_tx():
        return [entry.details["changed"] for entry in AuditEntry.objects.filter(action="settings.calls_changed")]


def test_the_page_shows_what_is_chosen(north, north_owner, sign_in):
    page = sign_in(north_owner).get(PAGE)

    assert page.status_code == 200
    assert "This call is recorded so that we can look after you well." in page.content.decode()
    assert 'value="20:00"' in page.content.decode()


def test_choices_are_stored_and_the_agents_told(north, north_owner, sign_in, change_agent, agent_of):
    settled(north, change_agent)
    answer = sign_in(north_owner).post(
        PAGE, posted(north, recording_enabled=None, live_transcripts=None, quiet_hours_end="09:30")
    )

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    chosen = settings_of(north)
    assert (chosen.recording_enabled, chosen.live_transcripts) == (False, False)
    assert chosen.quiet_hours_end == time(9, 30)
    assert agent_of(north).sync_state == SyncState.SYNCING
    assert audited(north) == [["recording_enabled", "live_transcripts", "quiet_hours_end"]]


def test_what_does_not_concern_vapi_wakes_nobody(north, north_owner, sign_in, change_agent, agent_of):
    settled(north, change_agent)
    browser = sign_in(north_owner)
    browser.post(PAGE, posted(north, outbound_cap_per_day="50"))
    assert agent_of(north).sync_state == SyncState.SYNCED
    browser.post(PAGE, posted(north, outbound_cap_per_day="50"))
    assert audited(north) == [["outbound_cap_per_day"]]


def test_routing_is_followed_by_the_numbers(north, north_owner, sign_in, change_agent):
    connect(north)
    change_number(north, sync_state=NumberState.CONNECTED, sync_due_at=None)
    sign_in(north_owner).post(PAGE, posted(north, transfer_phone_number="020 7946 0123"))

    assert settings_of(north).transfer_phone_number == "+442079460123"
    assert number_of(north).sync_state == NumberState.SYNCING


@pytest.mark.django_db(transaction=True)
def test_signatures_are_switched_on_from_the_page(north, north_owner, sign_in, agent_of, vapi_sandbox):
    sync(north, agent_of(north))
    sign_in(north_owner).post(PAGE, posted(north, webhook_auth="hmac"))
    assert agent_of(north).sync_state == SyncState.SYNCING
    sync(north, agent_of(north))

    (assistant,) = assistants_of(vapi_sandbox, north)
    plans = {item["id"]: item["authenticationPlan"] for item in vapi_sandbox.vapi("GET", "/credential")}
    assert plans[assistant["server"]["credentialId"]]["type"] == "hmac"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"transfer_phone_number": "12"}, "Enter a whole phone number"),
        ({"outbound_concurrency": "0"}, "greater than or equal to 1"),
        ({"outbound_cap_per_day": "99999999"}, "less than or equal to 10000"),
        ({"quiet_hours_start": "25:00"}, "Enter a valid time"),
        ({"call_routing": "random"}, "Select a valid choice"),
        ({"recording_consent_message": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(north, north_owner, sign_in, changes, words):
    answer = sign_in(north_owner).post(PAGE, posted(north, **changes))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert audited(north) == []


def test_members_look_and_admins_change(north, add_member, sign_in):
    member = sign_in(add_member(north, Role.MEMBER))
    assert "Admins and owners change these." in member.get(PAGE).content.decode()
    assert member.post(PAGE, posted(north)).status_code == 403
    assert sign_in(add_member(north, Role.ADMIN)).post(PAGE, posted(north)).status_code == 302


def test_another_clinics_choices_stay(north, south, north_owner, sign_in):
    sign_in(north_owner).post(PAGE, posted(north, recording_enabled=None))

    assert settings_of(south).recording_enabled


def test_a_number_that_an_agent_answers_is_no_number_of_people(north, north_owner, sign_in):
    connect(north)
    answer = sign_in(north_owner).post(PAGE, posted(north, transfer_phone_number=NUMBER))

    assert answer.status_code == 422
    assert "calls would go in circles" in answer.text
    assert settings_of(north).transfer_phone_number == ""


@pytest.mark.parametrize(
    ("mode", "people", "warned"),
    [
        ("off", "", "callers hear that nobody"),
        ("after_hours", "", "opening hours too"),
        ("off", "+442079460300", ""),
        ("full", "", ""),
    ],
)
def test_the_agents_page_says_who_answers_and_where_nobody_does(
    north, north_owner, sign_in, change_agent, *, mode, people, warned
):
    change_agent(north, mode=mode)
    choose(north, transfer_phone_number=people)
    page = sign_in(north_owner).get("/dashboard/agents").text

    assert "Who answers" in page
    told = [words for words in ("callers hear that nobody", "opening hours too") if words in page]
    assert told == ([warned] if warned else [])
