"""`manage.py validate_env --online` asks Vapi whether it takes the platform's key."""

import json
from io import StringIO

import pytest
from django.core.management import call_command


@pytest.fixture
def vapi_said(sandbox, settings):
    """`vapi_said()`: the command's exit code, and what it says of Vapi."""
    # Twilio's side stands beside telephony; here its account is one that the sandbox takes.
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC" + "6" * 32, "6" * 32
    settings.TWILIO_PHONE_NUMBER = "+442079460199"
    settings.DEVELOPMENT = True

    def ask(*arguments):
        out, code = StringIO(), 0
        try:
            call_command("validate_env", "--json", *arguments, stdout=out)
        except SystemExit as ended:
            code = ended.code
        said = {check["name"]: check["problem"] for check in json.loads(out.getvalue())["checks"]}
        return code, said.get("Vapi")

    return ask


def test_a_key_that_vapi_takes_is_well(db, vapi_said):
    assert vapi_said("--online") == (0, "")


def test_nobody_is_asked_without_online(db, vapi_said, sandbox):
    assert vapi_said() == (0, None)
    assert sandbox.requests_to_vapi() == []


def test_a_refused_key_fails_with_the_fix(db, vapi_said, settings):
    settings.VAPI_PRIVATE_KEY = "platform-key-bad"

    code, said = vapi_said("--online")
    assert code == 1
    assert said.startswith("does not accept VAPI_PRIVATE_KEY. Copy the private key")
    assert settings.VAPI_PRIVATE_KEY not in said


def test_no_key_at_all_is_said(db, vapi_said, settings):
    settings.VAPI_PRIVATE_KEY = ""

    assert vapi_said("--online") == (1, "cannot be asked without a key. Set VAPI_PRIVATE_KEY")


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop_rate": 1}, {"status": 429}])
def test_a_provider_that_cannot_be_asked_is_said_with_its_address(db, vapi_said, sandbox, fault):
    sandbox.spoil(**fault)

    code, said = vapi_said("--online")
    assert (code, said.split(".")[0]) == (1, f"could not be asked at {sandbox.vapi_url}".split(".")[0])
