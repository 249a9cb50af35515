"""`verify_agent_access`: the way of a call through every provider, and what is said where it is broken."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agents.access_check import Verdict, check_access
from agents.tests.conftest import spec
from agents.tests.twilio_accounts import TOKEN, agents_of, change_number, connect, number_of, sync_numbers
from agents.tool_sync import sync_organisations
from credentials.service import credential_service
from credentials.tests.calendar_clinic import connect_calendar
from credentials.types import Provider
from telephony.models import NumberState

pytestmark = pytest.mark.django_db(transaction=True)


def verdicts(org):
    return {check.name: check.verdict for check in check_access(org)}


def failures(org):
    return {check.name: check for check in check_access(org) if check.verdict is Verdict.FAILED}


@pytest.fixture
def ready(north, provider_sandbox):
    """North with both assistants, its Twilio number and a calendar, all connected."""
    connect(north)
    list(sync_organisations([north]))
    sync_numbers(north)
    connect_calendar(north)
    return provider_sandbox


@pytest.fixture
def bare(north, provider_sandbox):
    """North with its assistants and nothing else."""
    list(sync_organisations([north]))
    return provider_sandbox


def test_a_clinic_with_everything(north, ready):
    checks = check_access(north)

    assert [(check.name, check.verdict.value) for check in checks] == [
        ("our address", "ok"),
        ("Vapi key", "ok"),
        ("inbound agent", "ok"),
        ("outbound agent", "ok"),
        ("assistant of Reception", "ok"),
        ("assistant of Call-backs", "ok"),
        ("Twilio for Reception", "ok"),
        ("Twilio for Call-backs", "ok"),
        ("number ending 0101", "ok"),
        ("Google Calendar", "ok"),
        ("Outlook Calendar", "skipped"),
    ]
    assert not any(check.fix for check in checks)


def test_a_clinic_without_a_line_of_its_own(north, bare):
    assert failures(north) == {}
    assert verdicts(north)["numbers"] is Verdict.SKIPPED
    assert verdicts(north)["Twilio for Reception"] is Verdict.SKIPPED


@pytest.mark.parametrize("name", ["assistant of Reception", "inbound agent"])
def test_a_new_clinic_that_vapi_does_not_know_yet(north, provider_sandbox, name):
    check = failures(north)[name]

    assert check.words
    assert "sync_tools" in check.fix or "audit_vapi_tools" in check.fix


def test_each_broken_link_is_named(north, ready, settings):
    settings.VAPI_PRIVATE_KEY = "key-gone-bad"
    found = failures(north)

    assert set(found) == {"Vapi key", "assistants at Vapi", "numbers"}
    assert found["Vapi key"].words == "Vapi does not accept it"
    assert "VAPI_PRIVATE_KEY" in found["Vapi key"].fix


def test_a_number_that_leads_elsewhere(north, ready):
    other = ready.vapi("POST", "/assistant", {"name": "Other"})["id"]
    number_id = number_of(north).vapi_phone_number_id
    ready.vapi("PATCH", f"/phone-number/{number_id}", {"provider": "twilio", "assistantId": other})
    assert "somebody else's assistant" in failures(north)["number ending 0101"].words

    ready.vapi("DELETE", f"/phone-number/{number_id}")
    assert "does not know it" in failures(north)["number ending 0101"].words
    change_number(north, sync_state=NumberState.NEEDS_ATTENTION, sync_error="Twilio said no.")
    assert failures(north)["number ending 0101"].words == "Twilio said no."


def test_an_account_that_twilio_does_not_accept(north, ready):
    connect(north, token=f"{TOKEN[:-3]}bad")

    found = failures(north)
    assert set(found) >= {"Twilio for Reception", "Twilio for Call-backs"}
    assert "did not accept this account SID" in found["Twilio for Reception"].words


def test_a_calendar_that_was_withdrawn(north, ready):
    refresh = credential_service.get(north.pk, Provider.GOOGLE_CALENDAR).refresh_token.reveal()
    assert refresh
    ready.spoil(provider="google", status=401)

    assert "Google Calendar" in failures(north)


def test_an_assistant_without_its_tools(north, bare, tools, agent_of):
    tools["cancelAppointment"] = spec("cancelAppointment")

    assert "missing tool cancelAppointment" in failures(north)["assistant of Reception"].words


def test_an_address_that_nobody_reaches(north, bare, settings):
    settings.SANDBOX, settings.BACKEND_URL = False, "http://clinic.local"

    assert "https" in failures(north)["our address"].fix


def test_the_command_prints_a_line_a_check(north, bare):
    out = StringIO()
    call_command("verify_agent_access", "--org", north.slug, stdout=out)
    assert "ok      Vapi key" in out.getvalue()
    assert "11 checks, 0 failed" in out.getvalue()

    bare.vapi("DELETE", f"/assistant/{agents_of(north)['inbound'].vapi_assistant_id}")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_agent_access", "--org", str(north.pk), stdout=out)
    assert ended.value.code == 1
    assert "→ Run audit_vapi_tools --fix." in out.getvalue()
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_agent_access", "--org", str(north.pk), "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["org"], report["failed"]) == (str(north.pk), 1)
    with pytest.raises(CommandError, match="no organisation nobody"):
        call_command("verify_agent_access", "--org", "nobody")
