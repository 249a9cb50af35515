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


def test_another_accounts_number_is_not_found_and_the_owners_webhooks_are_taken_over(sandbox: SandboxClient) -> None:
    sandbox.create("phone-number", {**BODY, "smsEnabled": False})
    stranger = {**BODY, "twilioAccountSid": "AC" + "3c" * 16, "number": "+442079460112"}
    sandbox.create("phone-number", stranger)

    refused = sandbox.vapi("POST", "/phone-number", {**BODY, "number": "+442079460112"}, key="other")

    assert refused.status_code == 400
    known = {item["phone_number"]: item for item in sandbox.http.get("/sandbox/twilio").json()["numbers"]}
    assert known[NUMBER]["voice_url"].endswith("/vapi/twilio/inbound_call")
    assert "sms_url" not in known[NUMBER]
    assert known["+442079460112"]["sms_url"].endswith("/vapi/twilio/sms")


def test_an_elevenlabs_credential_is_kept_changed_and_removed(sandbox: SandboxClient) -> None:
    made = sandbox.create("credential", {"provider": "11labs", "name": "Voices", "apiKey": "sk_hush"})
    path = f"/credential/{made['id']}"
    renamed = sandbox.vapi("PATCH", path, {"name": "Our voices", "apiKey": "sk_hush_too"})
    unknown = sandbox.vapi("PATCH", path, {"authToken": "x"})

    assert "apiKey" not in made
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Our voices")
    assert "apiKey" not in renamed.json()
    assert "property authToken should not exist" in unknown.json()["message"]
    assert "hush" not in sandbox.http.get("/sandbox/ledger").text + sandbox.http.get("/tools").text
    assert sandbox.vapi("DELETE", path).status_code == 200
    assert sandbox.vapi("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"provider": "twilio", "accountSid": SID}, "authToken should not be empty"),
        ({"provider": "twilio", "authToken": TOKEN}, "accountSid should not be empty"),
        ({"provider": "11labs"}, "apiKey should not be empty"),
        ({"provider": "11labs", "apiKey": "k", "name": "x" * 41}, "name must be shorter than or equal to 40"),
        ({"provider": "azure"}, "provider must be one of the following values"),
    ],
)
def test_credentials_that_are_refused(sandbox: SandboxClient, body: dict[str, str], message: str) -> None:
    refused = sandbox.vapi("POST", "/credential", body)

    assert refused.status_code == 400
    assert any(message in problem for problem in refused.json()["message"])
