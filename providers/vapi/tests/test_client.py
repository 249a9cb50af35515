"""The client against the sandbox, over HTTP."""

import pytest
import requests

from providers.vapi.client import LIST_LIMIT, VapiClient, platform_client
from voxanne.errors import RateLimited, Rejected, Timeout, Unauthorized, Unavailable

ASSISTANT = {"name": "Reception", "model": {"provider": "openai", "model": "gpt-4.1"}}


@pytest.fixture
def client(vapi_sandbox):
    return platform_client()


def test_an_assistant_can_be_made_read_changed_and_removed(client):
    made = client.create_assistant(ASSISTANT)

    assert client.get_assistant(made["id"])["name"] == "Reception"
    assert client.update_assistant(made["id"], {"name": "Front desk"})["name"] == "Front desk"
    client.delete_assistant(made["id"])
    assert client.find_assistant(made["id"]) is None


def test_a_patch_replaces_whole_objects(client):
    made = client.create_assistant(ASSISTANT | {"metadata": {"a": 1, "b": 2}})

    assert client.update_assistant(made["id"], {"metadata": {"a": 3}})["metadata"] == {"a": 3}


def test_tools_outputs_and_credentials_are_listed(client):
    tool = client.create_tool({"type": "function", "function": {"name": "book"}})
    output = client.create_structured_output({"name": "mood", "type": "ai", "schema": {"type": "string"}})
    plan = {"type": "bearer", "token": "t" * 40, "headerName": "X-Vapi-Secret", "bearerPrefixEnabled": False}
    credential = client.create_credential({"provider": "custom-credential", "name": "ours", "authenticationPlan": plan})

    assert [item["id"] for item in client.iter_tools()] == [tool["id"]]
    assert [item["id"] for item in client.iter_structured_outputs()] == [output["id"]]
    assert [item["id"] for item in client.iter_credentials()] == [credential["id"]]
    assert "token" not in credential["authenticationPlan"]
    assert client.find_tool(tool["id"])
    assert client.find_structured_output(output["id"])
    assert client.find_credential(credential["id"])
    assert client.list_calls(assistant_id=tool["id"], created_after="2026-01-01T00:00:00Z") == []
    assert client.list_phone_numbers() == []


def test_a_number_is_imported_changed_and_forgotten(client):
    account = {"provider": "twilio", "twilioAccountSid": "AC" + "1a" * 16, "twilioAuthToken": "2b" * 16}
    made = client.create_phone_number({**account, "number": "+442079460121", "smsEnabled": False})

    changed = client.update_phone_number(made["id"], {**account, "number": "+442079460122"})
    assert client.find_phone_number(made["id"])["number"] == changed["number"] == "+442079460122"
    client.delete_phone_number(made["id"])
    assert client.find_phone_number(made["id"]) is None


def test_a_carriers_credential_is_kept_and_removed(client):
    made = client.create_credential({"provider": "twilio", "accountSid": "AC" + "1a" * 16, "authToken": "2b" * 16})

    client.delete_credential(made["id"])
    assert client.find_credential(made["id"]) is None


def test_a_refusal_carries_vapis_words_in_a_list(client):
    with pytest.raises(Rejected) as refused:
        client.create_assistant({"name": "x" * 41, "nonsense": 1})

    assert refused.value.status == 400
    assert "name must be" in refused.value.detail
    assert "; " in refused.value.detail
    assert "property nonsense should not exist" in refused.value.detail


def test_a_refusal_carries_vapis_words_in_a_sentence(vapi_sandbox):
    client = VapiClient(base_url=vapi_sandbox.vapi_url, private_key="this-one-is-bad")

    with pytest.raises(Unauthorized) as refused:
        client.create_assistant(ASSISTANT)
    assert refused.value.detail.startswith("Invalid Key")
    assert "this-one-is-bad" not in str(refused.value)


def test_words_that_are_not_json_are_kept_short():
    response = requests.Response()
    response.status_code, response._content = 502, b"<html>" + b"x" * 1000

    assert VapiClient(base_url="http://x", private_key="k").describe(response) == "<html>" + "x" * 294


@pytest.mark.parametrize(("status", "kind"), [(500, Unavailable), (503, Unavailable), (429, RateLimited)])
def test_a_post_is_never_sent_twice(vapi_sandbox, client, status, kind):
    vapi_sandbox.spoil(status=status)

    with pytest.raises(kind):
        client.create_assistant(ASSISTANT)
    assert len(vapi_sandbox.requests_to_vapi("POST", "/assistant")) == 1


def test_a_dropped_post_is_not_repeated_either(vapi_sandbox, client):
    vapi_sandbox.spoil(drop_rate=1, after_work=True)

    with pytest.raises(Unavailable):
        client.create_assistant(ASSISTANT)
    vapi_sandbox.heal()
    assert len(vapi_sandbox.vapi("GET", "/assistant")) == 1


def test_reads_and_patches_are_repeated(vapi_sandbox, client):
    made = client.create_assistant(ASSISTANT)
    vapi_sandbox.spoil(status=503, times=2)
    assert client.get_assistant(made["id"])
    vapi_sandbox.spoil(status=429, times=2)
    assert client.update_assistant(made["id"], {"name": "Again"})["name"] == "Again"


def test_silence_is_a_timeout(vapi_sandbox):
    vapi_sandbox.spoil(timeout_rate=1)
    client = VapiClient(base_url=vapi_sandbox.vapi_url, private_key="k" * 12, timeout_s=0.2, retry_delays_s=())

    with pytest.raises(Timeout):
        client.create_assistant(ASSISTANT)


def test_a_long_list_is_read_to_its_end(monkeypatch):
    rows = [{"id": str(n), "createdAt": f"2026-11-20T10:00:{(LIST_LIMIT * 2 - n) // 50:04d}Z"} for n in range(2500)]
    client = VapiClient(base_url="http://x", private_key="k")

    def answer(method, path, *, operation, json=None, params=None):
        ordered = sorted(rows, key=lambda row: row["createdAt"], reverse=True)
        return [row for row in ordered if row["createdAt"] <= params.get("createdAtLe", "9")][:LIST_LIMIT]

    monkeypatch.setattr(client, "request", answer)
    assert {item["id"] for item in client.iter_assistants()} == {row["id"] for row in rows}
