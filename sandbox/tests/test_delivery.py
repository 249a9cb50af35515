"""How webhooks are authenticated, retried, timed out, doubled and mixed up."""

import hashlib
import hmac
import time
from collections import Counter
from typing import Any

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic

BACKOFF = {"type": "exponential", "maxRetries": 3, "baseDelaySeconds": 0.05, "excludedStatusCodes": [400, 401]}


def _credential(sandbox: SandboxClient, **plan: Any) -> str:
    body = {"provider": "custom-credential", "name": "hook", "authenticationPlan": plan}
    return str(sandbox.create("credential", body)["id"])


def test_a_bearer_credential_goes_out_under_its_own_header(sandbox: SandboxClient, clinic: Clinic) -> None:
    secret = _credential(sandbox, type="bearer", token="hush", headerName="X-Vapi-Secret", bearerPrefixEnabled=False)
    plain = _credential(sandbox, type="bearer", token="hush")

    for credential, header, value in ((secret, "x-vapi-secret", "hush"), (plain, "authorization", "Bearer hush")):
        clinic.deliveries.clear()
        sandbox.call(sandbox.receptionist(clinic.url, server={"credentialId": credential}))
        assert {delivery.headers[header] for delivery in clinic.deliveries} == {value}
    assert "hush" not in sandbox.http.get("/sandbox/ledger").text


def test_a_servers_own_header_wins_over_its_credential(sandbox: SandboxClient, clinic: Clinic) -> None:
    credential = _credential(sandbox, type="bearer", token="hush")
    server = {"credentialId": credential, "headers": {"Authorization": "Bearer mine", "X-Clinic": "7"}}

    sandbox.call(sandbox.receptionist(clinic.url, server=server), "caller_hangs_up")

    assert clinic.deliveries[0].headers["authorization"] == "Bearer mine"
    assert clinic.deliveries[0].headers["x-clinic"] == "7"


def test_an_hmac_credential_signs_timestamp_and_raw_body(sandbox: SandboxClient, clinic: Clinic) -> None:
    credential = _credential(
        sandbox, type="hmac", secretKey="k", algorithm="sha256", signatureHeader="x-vapi-signature"
    )

    sandbox.call(sandbox.receptionist(clinic.url, server={"credentialId": credential}))

    for delivery in clinic.deliveries:
        timestamp = delivery.headers["x-timestamp"]
        expected = hmac.new(b"k", timestamp.encode() + b"." + delivery.raw, hashlib.sha256).hexdigest()
        assert delivery.headers["x-vapi-signature"] == expected
        assert abs(time.time() - int(timestamp)) < 60


def test_without_a_credential_nothing_is_proven(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.call(sandbox.receptionist(clinic.url), "caller_hangs_up")

    assert not {"authorization", "x-vapi-secret", "x-signature"} & set(clinic.deliveries[0].headers)


def test_a_refused_event_is_retried_with_growing_waits(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.statuses = [503, 500]
    assistant = sandbox.receptionist(clinic.url, server={"backoffPlan": BACKOFF}, serverMessages=["end-of-call-report"])

    state = sandbox.call(assistant, "caller_hangs_up")

    assert [(item["attempt"], item["status_code"]) for item in state["deliveries"]] == [(1, 503), (2, 500), (3, 200)]
    assert state["status"] == "done"
    assert len({delivery.raw for delivery in clinic.deliveries}) == 1, "a retry carries the same bytes"


def test_retries_stop_at_the_plans_end(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.statuses = [500] * 9
    plan = {**BACKOFF, "type": "fixed", "maxRetries": 2, "baseDelaySeconds": 0}
    assistant = sandbox.receptionist(clinic.url, server={"backoffPlan": plan}, serverMessages=["end-of-call-report"])

    state = sandbox.call(assistant, "caller_hangs_up")

    assert len(clinic.deliveries) == 3
    assert state["status"] == "failed"
    assert state["error"] == "end-of-call-report was not accepted: answered 500."


@pytest.mark.parametrize(("status", "plan"), [(401, BACKOFF), (500, None)])
def test_no_retry_for_excluded_statuses_or_without_a_plan(
    sandbox: SandboxClient, clinic: Clinic, status: int, plan: dict[str, Any] | None
) -> None:
    clinic.statuses = [status]
    server = {"backoffPlan": plan} if plan else {}
    assistant = sandbox.receptionist(clinic.url, server=server, serverMessages=["end-of-call-report"])

    state = sandbox.call(assistant, "caller_hangs_up")

    assert len(clinic.deliveries) == 1
    assert state["status"] == "failed"


def test_a_slow_server_is_given_up_on(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.slow_s = 1.3
    assistant = sandbox.receptionist(clinic.url, server={"timeoutSeconds": 1}, serverMessages=["end-of-call-report"])

    state = sandbox.call(assistant, "caller_hangs_up")

    assert state["deliveries"][0]["status_code"] is None
    assert state["deliveries"][0]["error"] == "no answer within 1 s"


def test_a_server_that_is_not_there_fails_the_run_not_the_sandbox(sandbox: SandboxClient) -> None:
    state = sandbox.call(sandbox.receptionist("http://127.0.0.1:9"))

    assert state["status"] == "failed"
    assert "ClientConnectorError" in state["error"]


def test_a_type_that_is_not_subscribed_is_not_sent(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.call(sandbox.receptionist(clinic.url, serverMessages=["end-of-call-report", "tool-calls"]))

    assert Counter(clinic.kinds()) == {"tool-calls": 2, "end-of-call-report": 1}


def test_without_a_list_vapis_default_types_are_sent(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.call(sandbox.receptionist(clinic.url, serverMessages=None))

    assert {"conversation-update", "speech-update", "status-update", "end-of-call-report"} <= set(clinic.kinds())
    assert not any(kind.startswith("transcript") for kind in clinic.kinds())


def test_a_tools_own_server_answers_it(sandbox: SandboxClient, clinic: Clinic) -> None:
    credential = _credential(sandbox, type="bearer", token="tool-secret")
    check = sandbox.tool("checkAvailability", server={"url": f"{clinic.url}/own", "credentialId": credential})
    book = sandbox.tool("bookClinicAppointment")
    model = {"provider": "openai", "model": "gpt-4.1", "toolIds": [check, book]}

    sandbox.call(sandbox.receptionist(clinic.url, model=model))

    first, second = [delivery for delivery in clinic.deliveries if delivery.kind == "tool-calls"]
    assert (first.path, first.headers["authorization"]) == ("/own", "Bearer tool-secret")
    assert second.path == "/webhook"
    assert "authorization" not in second.headers


def test_static_parameters_win_over_the_models(sandbox: SandboxClient, clinic: Clinic) -> None:
    fixed = [{"key": "phone", "value": "{{ customer.number }}"}, {"key": "service", "value": "Peel"}]
    tools = [sandbox.tool("checkAvailability"), sandbox.tool("bookClinicAppointment", parameters=fixed)]
    model = {"provider": "openai", "model": "gpt-4.1", "toolIds": tools}

    sandbox.call(sandbox.receptionist(clinic.url, model=model), customer={"number": "+447700900555"})

    assert clinic.booked[0]["phone"] == "+447700900555"
    assert clinic.booked[0]["service"] == "Peel"


def test_duplicates_arrive_twice_byte_for_byte(sandbox: SandboxClient, clinic: Clinic) -> None:
    state = sandbox.call(sandbox.receptionist(clinic.url), "duplicate_webhooks")

    assert set(Counter(delivery.raw for delivery in clinic.deliveries).values()) == {2}
    assert len(clinic.booked) == 2, "this clinic knows no idempotency"
    assert state["notes"] == []


def test_differing_answers_to_one_repeated_tool_call_are_noted(sandbox: SandboxClient, clinic: Clinic) -> None:
    clinic.taken_times = 1

    state = sandbox.call(sandbox.receptionist(clinic.url), "duplicate_webhooks")

    assert "The two answers to one repeated tool call differ." in state["notes"]


def test_a_lost_report_is_only_found_by_asking(sandbox: SandboxClient, clinic: Clinic) -> None:
    call_id = sandbox.place(sandbox.receptionist(clinic.url), "lost_report")
    state = sandbox.wait_for(call_id)

    assert "status-update" in clinic.kinds()
    assert "end-of-call-report" not in clinic.kinds()
    assert state["notes"] == ["The report was lost on its way."]
    assert sandbox.vapi("GET", f"/call/{call_id}").json()["artifact"]["messages"]


def test_out_of_order_begins_with_the_report(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    orders = []
    for seed in (1, 2):
        clinic.deliveries.clear()
        sandbox.call(assistant, "out_of_order_webhooks", seed=seed)
        events = [delivery.message for delivery in clinic.deliveries if delivery.kind != "tool-calls"]
        assert events[0]["type"] == "end-of-call-report"
        assert [item["timestamp"] for item in events] != sorted(item["timestamp"] for item in events)
        orders.append([item["status"] for item in events if item["type"] == "status-update"])
    assert all(sorted(order) == ["ended", "in-progress", "queued", "ringing"] for order in orders)
    assert orders[0] != orders[1]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"results": "Booked"}, "no list of results"),
        ({"results": [{"toolCallId": "other", "result": "x"}]}, "no result carries the tool call's id"),
        ({}, "no list of results"),
    ],
)
def test_answers_that_vapi_would_not_understand_are_noted(
    sandbox: SandboxClient, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], problem: str
) -> None:
    monkeypatch.setattr(clinic, "_tool_answer", lambda _message: answer)

    state = sandbox.call(sandbox.receptionist(clinic.url))

    assert any(problem in note for note in state["notes"])
    assert state["status"] == "done"


def test_many_calls_at_once_do_not_mix(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)

    calls = [sandbox.place(assistant, seed=seed) for seed in range(15)]

    assert {sandbox.wait_for(call)["status"] for call in calls} == {"done"}
    reports = clinic.of_kind("end-of-call-report")
    assert sorted(item["call"]["id"] for item in reports) == sorted(calls)
    assert len(clinic.booked) == 15
