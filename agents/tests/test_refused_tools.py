"""Vapi refuses a tool, or to link it: the rest of the agent goes live, and the tools are tried again."""

import pytest

from agents.assistants import Outcome
from agents.models import SyncState
from agents.prompts import MAX_PROMPT_CHARS
from agents.tests.conftest import assistants_of, spec, sync
from providers.vapi.client import VapiClient
from voxanne.clock import now
from voxanne.errors import Rejected, Unavailable

pytestmark = pytest.mark.django_db(transaction=True)


def linked(sandbox, org):
    (assistant,) = assistants_of(sandbox, org)
    names = {tool["id"]: tool["function"]["name"] for tool in sandbox.vapi("GET", "/tool")}
    return sorted(names[key] for key in assistant["model"]["toolIds"])


@pytest.fixture
def live(north, vapi_sandbox, agent_of):
    """The sandbox, which has the clinic's agent."""
    sync(north, agent_of(north))
    return vapi_sandbox


@pytest.fixture
def refuse_tool(monkeypatch):
    """`with refuse_tool("name"):` Vapi does not take definitions of that tool."""

    def refuse(name, error=Rejected):
        create = VapiClient.create_tool

        def choosy(self, body):
            if body["function"]["name"] == name:
                raise error(provider="vapi", operation="create_tool", status=400)
            return create(self, body)

        context = monkeypatch.context()
        patch = context.__enter__()
        patch.setattr(VapiClient, "create_tool", choosy)
        return context

    return refuse


@pytest.fixture
def refuse_linking(monkeypatch, vapi_sandbox):
    """Vapi does not take an assistant that links the tool of that name."""

    def refuse(name):
        context = monkeypatch.context()
        patch = context.__enter__()
        for method in ("create_assistant", "update_assistant"):
            real = getattr(VapiClient, method)

            def choosy(self, *args, real=real):
                tools = {tool["id"]: tool["function"]["name"] for tool in vapi_sandbox.vapi("GET", "/tool")}
                if name in {tools.get(key) for key in args[-1]["model"]["toolIds"]}:
                    raise Rejected(provider="vapi", operation="link", status=400)
                return real(self, *args)

            patch.setattr(VapiClient, method, choosy)
        return context

    return refuse


def finish(context):
    context.__exit__(None, None, None)


def test_a_refused_tool_keeps_nothing_else_back(north, vapi_sandbox, agent_of, refuse_tool):
    refusing = refuse_tool("bookClinicAppointment")
    result = sync(north, agent_of(north))

    agent = agent_of(north)
    assert result.outcome is Outcome.CREATED
    assert agent.sync_state == SyncState.SYNCED
    assert agent.tools_error == ("Vapi did not accept the tool bookClinicAppointment. The rest works; we keep trying.")
    assert agent.sync_due_at > now()
    assert agent.sync_attempts == 1
    assert linked(vapi_sandbox, north) == ["checkAvailability"]

    sync(north, agent)
    assert agent_of(north).sync_attempts == 2  # each try waits longer
    finish(refusing)
    assert sync(north, agent).outcome is Outcome.UPDATED
    healed = agent_of(north)
    assert (healed.tools_error, healed.sync_due_at, healed.sync_attempts) == ("", None, 0)
    assert linked(vapi_sandbox, north) == ["bookClinicAppointment", "checkAvailability"]


def test_it_is_shown_where_the_agents_stand(north, north_owner, sign_in, change_agent, agent_of):
    change_agent(north, sync_state=SyncState.SYNCED, tools_error="Vapi did not accept the tool x.")
    browser = sign_in(north_owner)

    listed = browser.get("/dashboard/agents").content.decode()
    assert "Tools need attention: Vapi did not accept the tool x." in listed
    assert "Retry" in listed
    assert "Tools need attention" in browser.get(f"/dashboard/agents/{agent_of(north).pk}").content.decode()
    answer = browser.get(f"/api/agents/{agent_of(north).pk}").json()
    assert answer["tools_error"] == "Vapi did not accept the tool x."


def test_a_refused_change_leaves_the_tool_as_it_was(live, north, agent_of, tools, refuse_tool):
    before = assistants_of(live, north)[0]["model"]["toolIds"]
    tools["checkAvailability"] = spec("checkAvailability", "Another description.")
    refusing = refuse_tool("checkAvailability")

    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    (assistant,) = assistants_of(live, north)
    assert "Another description." in str(assistant["model"]["messages"])
    assert assistant["model"]["toolIds"] == before
    assert "checkAvailability" in agent_of(north).tools_error
    finish(refusing)


def test_a_tool_that_this_agent_does_not_use_concerns_it_not(north, vapi_sandbox, agent_of, change_agent, refuse_tool):
    change_agent(north, tools_enabled=["checkAvailability"])
    refusing = refuse_tool("bookClinicAppointment")
    sync(north, agent_of(north))
    assert agent_of(north).tools_error == ""
    finish(refusing)


def test_a_refused_structured_output_keeps_nothing_else_back(north, vapi_sandbox, agent_of, monkeypatch):
    create = VapiClient.create_structured_output

    def choosy(self, body):
        if body["name"] == "call_sentiment":
            raise Rejected(provider="vapi", operation="create_structured_output", status=400)
        return create(self, body)

    with monkeypatch.context() as patch:
        patch.setattr(VapiClient, "create_structured_output", choosy)
        assert sync(north, agent_of(north)).outcome is Outcome.CREATED
    assert "did not accept the tool call_sentiment." in agent_of(north).tools_error
    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    assert agent_of(north).tools_error == ""


def test_a_vapi_that_cannot_be_reached_is_no_refusal(north, vapi_sandbox, agent_of, refuse_tool):
    refusing = refuse_tool("bookClinicAppointment", Unavailable)
    assert sync(north, agent_of(north)).outcome is Outcome.FAILED
    assert agent_of(north).tools_error == ""
    finish(refusing)


def test_refused_linking_on_creation(north, vapi_sandbox, agent_of, refuse_linking):
    refusing = refuse_linking("bookClinicAppointment")
    assert sync(north, agent_of(north)).outcome is Outcome.CREATED

    assert linked(vapi_sandbox, north) == []
    assert "bookClinicAppointment, checkAvailability" in agent_of(north).tools_error
    finish(refusing)
    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    assert linked(vapi_sandbox, north) == ["bookClinicAppointment", "checkAvailability"]


def test_refused_linking_of_a_new_tool_keeps_the_ones_before(live, north, agent_of, tools, refuse_linking):
    tools["cancelAppointment"] = spec("cancelAppointment")
    refusing = refuse_linking("cancelAppointment")

    assert sync(north, agent_of(north)).outcome is Outcome.UPDATED
    assert linked(live, north) == ["bookClinicAppointment", "checkAvailability"]
    assert "- cancelAppointment:" in str(assistants_of(live, north)[0]["model"]["messages"])
    assert "the tool cancelAppointment" in agent_of(north).tools_error
    finish(refusing)


def test_what_is_refused_for_another_reason_is_a_failure(north, vapi_sandbox, agent_of, monkeypatch):
    def no(self, body):
        raise Rejected(provider="vapi", operation="create_assistant", status=400)

    monkeypatch.setattr(VapiClient, "create_assistant", no)
    assert sync(north, agent_of(north)).outcome is Outcome.FAILED
    assert "did not accept this agent's settings" in agent_of(north).sync_error


def test_ids_that_vapi_drops_silently_are_noticed(live, north, agent_of, tools, monkeypatch):
    tools["cancelAppointment"] = spec("cancelAppointment")
    update = VapiClient.update_assistant

    def forgetful(self, key, body):
        body = {**body, "model": {**body["model"], "toolIds": body["model"]["toolIds"][:1]}}
        return update(self, key, body)

    monkeypatch.setattr(VapiClient, "update_assistant", forgetful)
    sync(north, agent_of(north))
    agent = agent_of(north)
    assert agent.sync_state == SyncState.SYNCED
    assert "the tools cancelAppointment, checkAvailability" in agent.tools_error


def test_a_prompt_that_is_too_long_never_reaches_vapi(north, vapi_sandbox, agent_of, change_agent):
    sync(north, agent_of(north))
    (before,) = assistants_of(vapi_sandbox, north)
    written = len(vapi_sandbox.requests_to_vapi("PATCH"))
    change_agent(north, system_prompt="word " * MAX_PROMPT_CHARS)

    assert sync(north, agent_of(north)).outcome is Outcome.FAILED
    assert "The prompt is too long by" in agent_of(north).sync_error
    assert agent_of(north).system_prompt.startswith("word word")
    assert assistants_of(vapi_sandbox, north) == [before]
    assert len(vapi_sandbox.requests_to_vapi("PATCH")) == written
