"""Vapi's resources: strict bodies, whole-property PATCH, lists, keys."""

import re
import uuid
from typing import Any

import pytest

from sandbox.tests.client import SandboxClient

MODEL = {"provider": "openai", "model": "gpt-4.1", "messages": [{"role": "system", "content": "Be kind."}]}
UNKNOWN = str(uuid.uuid4())
FUNCTION = {"name": "f", "parameters": {"type": "object", "properties": {}}}


def test_create_get_and_delete(sandbox: SandboxClient) -> None:
    created = sandbox.create("assistant", {"name": "Reception", "model": MODEL})

    assert {"id", "orgId", "createdAt", "updatedAt", "name", "model"} == set(created)
    assert sandbox.vapi("GET", f"/assistant/{created['id']}").json() == created
    deleted = sandbox.vapi("DELETE", f"/assistant/{created['id']}")
    assert (deleted.status_code, deleted.json()["id"]) == (200, created["id"])
    gone = sandbox.vapi("GET", f"/assistant/{created['id']}")
    assert (gone.status_code, gone.json()["error"]) == (404, "Not Found")


def test_an_unknown_property_is_refused_in_nestjs_words(sandbox: SandboxClient) -> None:
    response = sandbox.vapi("POST", "/assistant", {"name": "A", "serverUrl": "https://x.test"})

    assert response.status_code == 400
    assert response.json() == {
        "message": ["property serverUrl should not exist"],
        "error": "Bad Request",
        "statusCode": 400,
    }


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/assistant", {"name": "x" * 41}, "name must be shorter than or equal to 40 characters"),
        ("/assistant", {"server": {"url": "https://x.test", "secret": "s"}}, "server.property secret should not exist"),
        ("/assistant", {"model": {**MODEL, "knowledgeBaseId": "k"}}, "model.property knowledgeBaseId should not exist"),
        ("/assistant", {"model": {"toolIds": []}}, "model.provider must be one of the following values: anthropic"),
        ("/assistant", {"model": {"provider": "openai"}}, "model.model should not be empty"),
        ("/assistant", {"model": {**MODEL, "model": "gpt-9"}}, "model.model must be one of the following values"),
        ("/assistant", {"model": {**MODEL, "maxTokens": 20}}, "model.maxTokens must not be less than 50"),
        ("/assistant", {"model": {**MODEL, "toolIds": ["t"]}}, "model.toolIds.0 must be a UUID"),
        ("/assistant", {"model": {**MODEL, "tools": [{"type": "hangUp"}]}}, "model.tools.0.type must be one of"),
        ("/assistant", {"voice": {"provider": "vapi"}}, "voice.voiceId should not be empty"),
        ("/assistant", {"voice": {"provider": "11labs", "pitch": 1}}, "voice.property pitch should not exist"),
        ("/assistant", {"transcriber": {"provider": "deepgram", "language": "xx"}}, "transcriber.language must be one"),
        ("/assistant", {"silenceTimeoutSeconds": 30}, "property silenceTimeoutSeconds should not exist"),
        ("/assistant", {"endCallPhrases": ["x"]}, "endCallPhrases.0 must be longer than or equal to 2 characters"),
        ("/assistant", {"voicemailDetection": "on"}, "voicemailDetection must be one of the following values: off"),
        ("/assistant", {"server": {"backoffPlan": {"type": "linear"}}}, "server.backoffPlan.maxRetries should not be"),
        ("/assistant", {"artifactPlan": {"recording": True}}, "artifactPlan.property recording should not exist"),
        ("/assistant", {"metadata": "mine"}, "metadata must be an object"),
        ("/tool", {"type": "function", "name": "x"}, "property name should not exist"),
        ("/tool", {"type": "transferCall", "destinations": [{"type": "number"}]}, "destinations.0.number should not"),
        ("/phone-number", {"provider": "vapi", "fallbackDestination": {"type": "number", "number": "111"}}, "E.164"),
        ("/phone-number", {"provider": "vapi", "fallbackDestination": {"number": "+14155550123"}}, "type must be one"),
        ("/tool", {"type": "magic"}, "type must be one of the following values: function"),
        ("/assistant", {"serverMessages": ["hello"]}, "serverMessages.0 must be one of"),
        ("/assistant", {"server": {"url": "https://x.test", "timeoutSeconds": 0}}, "must not be less than 1"),
        ("/assistant", {"maxDurationSeconds": "600"}, "maxDurationSeconds must be a number"),
        ("/tool", {"function": FUNCTION}, "type should not be empty"),
        ("/tool", {"type": "function", "function": {"name": "a b"}}, "function.name must match"),
        ("/tool", {"type": "function", "function": {"name": "f", "description": "d" * 1001}}, "function.description"),
        ("/credential", {"provider": "custom-credential"}, "authenticationPlan should not be empty"),
        ("/credential", {"provider": "custom-credential", "authenticationPlan": {"type": "x"}}, "type must be one of"),
        ("/structured-output", {"name": "n"}, "schema should not be empty"),
        ("/phone-number", {"provider": "vapi", "number": "+15550001111"}, "property number should not exist"),
    ],
)
def test_bad_bodies_are_refused(sandbox: SandboxClient, path: str, body: dict[str, Any], message: str) -> None:
    response = sandbox.vapi("POST", path, body)

    assert response.status_code == 400
    assert any(message in problem for problem in response.json()["message"]), response.text


@pytest.mark.parametrize(
    "body",
    [
        {"model": {**MODEL, "toolIds": [UNKNOWN]}},
        {"server": {"url": "https://x.test", "credentialId": UNKNOWN}},
        {"artifactPlan": {"structuredOutputIds": [UNKNOWN]}},
        {"credentialIds": [UNKNOWN]},
    ],
)
def test_references_to_nothing_are_refused(sandbox: SandboxClient, body: dict[str, Any]) -> None:
    created = sandbox.vapi("POST", "/assistant", body)
    assistant = sandbox.create("assistant", {"name": "A"})
    changed = sandbox.vapi("PATCH", f"/assistant/{assistant['id']}", body)

    for response in (created, changed):
        assert response.status_code == 400
        assert UNKNOWN in response.json()["message"]


def test_vapi_may_find_out_only_in_the_call_that_something_is_missing(sandbox: SandboxClient) -> None:
    sandbox.http.put("/sandbox/vapi", json={"checkReferences": False}).raise_for_status()

    created = sandbox.create(
        "assistant", {"model": {**MODEL, "toolIds": [UNKNOWN]}, "server": {"url": "http://x.test"}}
    )

    assert sandbox.call(created, "caller_hangs_up")["endedReason"] == "assistant-not-valid"


def test_patch_replaces_whole_top_level_properties(sandbox: SandboxClient) -> None:
    tool = sandbox.tool("lookup")
    assistant = sandbox.create("assistant", {"name": "A", "model": MODEL, "metadata": {"a": 1, "b": 2}})
    slim = {"provider": "openai", "model": "gpt-4.1", "toolIds": [tool]}

    patched = sandbox.vapi("PATCH", f"/assistant/{assistant['id']}", {"model": slim, "metadata": {"a": 3}}).json()

    assert patched["model"] == slim, "the prompt must be gone"
    assert patched["metadata"] == {"a": 3}
    assert patched["name"] == "A"
    assert patched["createdAt"] == assistant["createdAt"]
    assert patched["updatedAt"] >= assistant["updatedAt"]


def test_patch_with_the_whole_resource_is_refused_for_its_server_side_fields(sandbox: SandboxClient) -> None:
    assistant = sandbox.create("assistant", {"name": "A"})

    response = sandbox.vapi("PATCH", f"/assistant/{assistant['id']}", assistant)

    assert response.status_code == 400
    assert "property orgId should not exist" in response.json()["message"]


def test_a_phone_number_patch_repeats_its_provider(sandbox: SandboxClient) -> None:
    number = sandbox.create("phone-number", {"provider": "vapi", "name": "Main"})

    assert sandbox.vapi("PATCH", f"/phone-number/{number['id']}", {"name": "B"}).status_code == 400
    renamed = sandbox.vapi("PATCH", f"/phone-number/{number['id']}", {"provider": "vapi", "name": "B"})
    assert renamed.json()["name"] == "B"
    assert re.fullmatch(r"\+1\d{3}55501\d\d", number["number"])


def test_a_tool_patch_repeats_its_type(sandbox: SandboxClient) -> None:
    tool = sandbox.tool("lookup")

    refused = sandbox.vapi("PATCH", f"/tool/{tool}", {"async": True})
    other = sandbox.vapi("PATCH", f"/tool/{tool}", {"type": "endCall"})
    changed = sandbox.vapi("PATCH", f"/tool/{tool}", {"type": "function", "async": True})

    assert refused.status_code == other.status_code == 400
    assert "type must be one of" in refused.json()["message"][0]
    assert changed.json()["async"] is True
    assert changed.json()["function"]["name"] == "lookup"


@pytest.mark.parametrize(
    ("plan", "shown"),
    [
        (
            {"type": "bearer", "token": "hush", "headerName": "X-Vapi-Secret", "bearerPrefixEnabled": False},
            {"type": "bearer", "headerName": "X-Vapi-Secret", "bearerPrefixEnabled": False},
        ),
        (
            {"type": "hmac", "secretKey": "hush", "algorithm": "sha256", "signatureHeader": "x-sig"},
            {"type": "hmac", "algorithm": "sha256", "signatureHeader": "x-sig"},
        ),
    ],
)
def test_a_credentials_secret_is_never_shown_again(
    sandbox: SandboxClient, plan: dict[str, Any], shown: dict[str, Any]
) -> None:
    created = sandbox.create("credential", {"provider": "custom-credential", "name": "c", "authenticationPlan": plan})
    fetched = sandbox.vapi("GET", f"/credential/{created['id']}").json()
    listed = sandbox.vapi("GET", "/credential").json()

    assert created["authenticationPlan"] == fetched["authenticationPlan"] == shown
    assert listed[0]["authenticationPlan"] == shown
    assert "hush" not in sandbox.http.get("/sandbox/ledger").text
    assert "hush" not in sandbox.http.get("/tools").text


def test_a_list_is_a_bare_array_paged_by_creation_time(sandbox: SandboxClient) -> None:
    made = [sandbox.create("tool", {"type": "function", "function": {"name": f"t{n}"}})["id"] for n in range(5)]

    seen: list[str] = []
    before: dict[str, str] = {}
    while page := sandbox.http.get("/vapi/tool", params={"limit": 2, **before}).json():
        seen += [item["id"] for item in page]
        before = {"createdAtLt": page[-1]["createdAt"]}

    assert seen == made[::-1]


def test_structured_outputs_come_in_pages(sandbox: SandboxClient) -> None:
    for number in range(3):
        sandbox.create("structured-output", {"name": f"o{number}", "schema": {"type": "string"}})

    page = sandbox.http.get("/vapi/structured-output", params={"limit": 2, "page": 2}).json()

    assert [item["name"] for item in page["results"]] == ["o0"]
    assert page["metadata"]["totalItems"] == 3
    assert page["metadata"]["hasNextPage"] is False


@pytest.mark.parametrize("query", ["limit=lots", "limit=1001", "createdAtLt=yesterday", "offset=3"])
def test_bad_list_parameters_are_refused(sandbox: SandboxClient, query: str) -> None:
    assert sandbox.vapi("GET", f"/assistant?{query}").status_code == 400


@pytest.mark.parametrize("header", [None, "Basic abc", "Bearer", "Bearer key-that-is-bad"])
def test_without_a_good_key_nothing_is_told(sandbox: SandboxClient, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    del sandbox.http.headers["Authorization"]

    response = sandbox.http.get("/vapi/assistant", headers=headers)

    assert response.status_code == 401
    assert response.json()["statusCode"] == 401


def test_each_key_is_an_organisation_of_its_own(sandbox: SandboxClient) -> None:
    mine = sandbox.create("assistant", {"name": "Mine"})

    assert sandbox.vapi("GET", f"/assistant/{mine['id']}", key="other").status_code == 404
    assert sandbox.vapi("GET", "/assistant", key="other").json() == []
    assert sandbox.vapi("PATCH", f"/assistant/{mine['id']}", {"name": "x"}, key="other").status_code == 404


def test_what_is_not_json_or_not_there_is_answered_in_kind(sandbox: SandboxClient) -> None:
    assert sandbox.http.post("/vapi/assistant", content=b"{nope").status_code == 400
    assert sandbox.http.post("/vapi/assistant", content=b"[]").status_code == 400
    unknown = sandbox.vapi("GET", "/squad")
    assert unknown.json() == {"message": "Cannot GET /squad", "error": "Not Found", "statusCode": 404}
