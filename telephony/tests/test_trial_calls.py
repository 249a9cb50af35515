"""“Test it for me”: the platform calls a line, and the call ought to come out at the clinic's agent."""

from datetime import timedelta

import pytest
import requests

from orgs.scope import org_scope, org_tx
from providers.twilio.client import TwilioClient
from telephony.forwarding import trial_calls
from telephony.forwarding.errors import CannotTryLine, ForwardingIsOff, TooManyTrials
from telephony.forwarding.sightings import note_incoming
from telephony.forwarding.trial_calls import LASTS, call_line, latest_trial, refresh_trial
from telephony.models import TrialCall, TrialState
from telephony.tests.hooks import post as post_signed
from telephony.tests.lines import AGENT_NUMBER, LINE, PLATFORM_SID, PLATFORM_TOKEN
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
OURS = "+442079460400"


@pytest.fixture
def forwarding(desk, settings):
    """A line that forwards, and a platform that has a telephone."""
    settings.TWILIO_PHONE_NUMBER = OURS
    TwilioClient(PLATFORM_SID, PLATFORM_TOKEN).find_number(OURS)  # a number is the account's that names it first
    desk.has_number()
    line = desk.has_line()
    return desk.set_up(line.pk).json()["config"]["id"]


def _call(desk, forwarding):
    return call_line(org=desk.org, forwarding_id=forwarding, actor=desk.actor)


def _latest(desk, forwarding):
    return latest_trial(org=desk.org, forwarding_id=forwarding)


def _told(desk, trial, status, *, token=PLATFORM_TOKEN):
    form = {"AccountSid": PLATFORM_SID, "CallSid": trial.call_sid, "From": OURS, "To": LINE, "CallStatus": status}
    return post_signed(f"/api/twilio/trial-call?org={desk.org.pk}&t={trial.pk}", form, token=token)


def _arrives(desk, *, calling=OURS):
    with org_scope(desk.org), org_tx():
        note_incoming(org_id=desk.org.pk, called_number=AGENT_NUMBER, at=now(), calling_number=calling)


def test_the_line_is_called_from_our_number_with_a_way_to_hear_how_it_went(desk, forwarding):
    trial = _call(desk, forwarding)

    (placed,) = desk.sandbox.control("GET", "/twilio")["calls"]
    assert (placed["from"], placed["to"], placed["id"]) == (OURS, LINE, trial.call_sid)
    assert _latest(desk, forwarding).state == TrialState.CALLING


def test_a_call_that_comes_out_at_the_agent_has_passed_whatever_twilio_tells_first(desk, forwarding):
    trial = _call(desk, forwarding)
    assert _told(desk, trial, "completed").status_code == 204
    assert _latest(desk, forwarding).state == TrialState.ANSWERED

    _arrives(desk)

    assert _latest(desk, forwarding).state == TrialState.PASSED
    _told(desk, trial, "busy")
    assert _latest(desk, forwarding).state == TrialState.PASSED


def test_another_callers_call_proves_forwarding_but_not_the_trial(desk, forwarding):
    _call(desk, forwarding)

    _arrives(desk, calling="+447700900123")

    assert desk.config(forwarding).seen_working_at is not None
    assert _latest(desk, forwarding).state == TrialState.CALLING


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("completed", TrialState.ANSWERED),
        ("no-answer", TrialState.NOT_FORWARDED),
        ("busy", TrialState.BUSY),
        ("failed", TrialState.FAILED),
        ("in-progress", TrialState.CALLING),
    ],
)
def test_what_twilio_tells_is_what_the_page_says(desk, forwarding, told, state):
    _told(desk, _call(desk, forwarding), told)

    assert _latest(desk, forwarding).state == state


def test_a_callback_with_another_signature_changes_nothing(desk, forwarding):
    trial = _call(desk, forwarding)

    assert _told(desk, trial, "busy", token="0" * 32).status_code == 403
    assert _latest(desk, forwarding).state == TrialState.CALLING


def test_a_second_click_is_the_same_call(desk, forwarding):
    first, second = _call(desk, forwarding), _call(desk, forwarding)

    assert first.pk == second.pk
    assert len(desk.sandbox.control("GET", "/twilio")["calls"]) == 1


def test_five_calls_an_hour_are_all_there_are(desk, forwarding):
    for _ in range(5):
        _told(desk, _call(desk, forwarding), "busy")

    with pytest.raises(TooManyTrials):
        _call(desk, forwarding)


@pytest.mark.parametrize("at", ["trial_call.claimed", "trial_call.placed"])
def test_a_death_on_the_way_calls_nobody_twice_and_is_settled_by_time(desk, forwarding, monkeypatch, at):
    def die(point):
        if point == at:
            raise SystemExit(137)

    monkeypatch.setattr(trial_calls, "failpoint", die)
    with pytest.raises(SystemExit):
        _call(desk, forwarding)
    monkeypatch.undo()
    again = _call(desk, forwarding)
    with org_scope(desk.org), org_tx():
        TrialCall.objects.filter(pk=again.pk).update(created_at=now() - LASTS - timedelta(seconds=1))

    settled = refresh_trial(org=desk.org, forwarding_id=forwarding)

    assert settled.state == TrialState.FAILED
    assert len(desk.sandbox.control("GET", "/twilio")["calls"]) == (1 if at.endswith("placed") else 0)


def test_a_callback_that_is_lost_is_made_up_for_by_looking(desk, forwarding):
    trial = _call(desk, forwarding)
    requests.post(
        f"{desk.sandbox.base_url}/twilio/2010-04-01/Accounts/{PLATFORM_SID}/Calls/{trial.call_sid}.json",
        {"Status": "completed"}, auth=(PLATFORM_SID, PLATFORM_TOKEN), timeout=5,
    ).raise_for_status()  # fmt: skip

    assert refresh_trial(org=desk.org, forwarding_id=forwarding).state == TrialState.ANSWERED


def test_without_a_telephone_of_ours_there_is_no_trial_and_no_button(desk, forwarding, settings):
    settings.TWILIO_PHONE_NUMBER = ""

    with pytest.raises(CannotTryLine):
        _call(desk, forwarding)


def test_a_line_that_is_off_is_not_called(desk, forwarding):
    desk.post("forwarding-config/confirm", {"forwardingConfigId": forwarding})
    desk.delete(f"forwarding-config/{forwarding}")

    with pytest.raises(ForwardingIsOff):
        _call(desk, forwarding)
