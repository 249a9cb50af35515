"""Numbers and credentials of a Twilio account at Vapi."""

import pytest

from sandbox.tests.client import SandboxClient

SID, TOKEN, NUMBER = "AC" + "1a" * 16, "2b" * 16, "+442079460111"
BODY = {"provider": "twilio", "number": NUMBER, "twilioAccountSid": SID, "twilioAuthToken": TOKEN}


def test_a_number_is_imported_once_and_its_token_not_shown(sandbox: SandboxClient) -> None:
    made = sandbox.create("phone-number", BODY)
    again = sandbox.vapi("POST", "/phone-number", BODY)

    assert made["number"] == NUMBER
    assert "twilioAuthToken" not in made
    assert again.status_code == 400
    assert "Existing Phone Number" in again.json()["message"][0]


@pytest.mark.parametrize("change", [{"number": "+442079460555"}, {"twilioAuthToken": "2b" * 14 + "0bad"}])
def test_a_number_that_twilio_does_not_know_is_refused(sandbox: SandboxClient, change: dict[str, str]) -> None:
    refused = sandbox.vapi("POST", "/phone-number", {**BODY, **change})

    assert refused.status_code == 400
    assert "Number Not Found on Twilio" in refused.json()["message"][0]


def test_an_entry_may_get_another_number_of_the_account(sandbox: SandboxClient) -> None:
    made = sandbox.create("phone-number", BODY)
    changed = sandbox.vapi("PATCH", f"/phone-number/{made['id']}", {**BODY, "number": "+442079460112"})

    assert changed.json()["number"] == "+442079460112"


def test_a_twilio_credential_hides_its_token(sandbox: SandboxClient) -> None:
    made = sandbox.create("credential", {"provider": "twilio", "name": "t", "accountSid": SID, "authToken": TOKEN})

    assert made["accountSid"] == SID
    assert "authToken" not in made
