"""What `manage.py validate_env --online` says of the platform's accounts at Twilio."""

import pytest

from telephony.probes import probe_account, probe_master_account
from voxanne.health.probes import online_probes


@pytest.fixture
def twilio(provider_sandbox, settings):
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC" + "6" * 32, "6" * 32
    settings.TWILIO_PHONE_NUMBER = "+442079460199"
    settings.TWILIO_MASTER_ACCOUNT_SID, settings.TWILIO_MASTER_AUTH_TOKEN = "AC" + "7" * 32, "7" * 32
    return provider_sandbox


def test_both_are_asked_online_only():
    assert {"Twilio", "Twilio, account that buys numbers"} <= online_probes().keys()


def test_accounts_that_work_are_well(twilio):
    assert (probe_account(), probe_master_account()) == ("", "")


def test_a_refused_token_is_said_with_the_fix(twilio, settings):
    settings.TWILIO_AUTH_TOKEN = settings.TWILIO_MASTER_AUTH_TOKEN = "6" * 29 + "bad"

    assert probe_account() == (
        "does not accept TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. "
        "Copy both again from the first page of the Twilio console"
    )
    assert probe_master_account().startswith("does not accept TWILIO_MASTER_ACCOUNT_SID and TWILIO_MASTER_AUTH_TOKEN.")


def test_an_installation_may_go_without_the_one_that_buys_numbers(twilio, settings):
    settings.TWILIO_MASTER_ACCOUNT_SID = settings.TWILIO_MASTER_AUTH_TOKEN = ""
    settings.TWILIO_ACCOUNT_SID = ""

    assert probe_master_account() == ""
    assert probe_account().endswith("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")


def test_a_number_of_another_account_is_said(twilio, settings):
    assert probe_account() == ""
    settings.TWILIO_ACCOUNT_SID = "AC" + "8" * 32

    assert probe_account().startswith("does not know TWILIO_PHONE_NUMBER")


def test_a_twilio_that_cannot_be_asked_is_said(twilio):
    twilio.spoil(provider="twilio", status=503)

    assert "could not be asked at http" in probe_account()
