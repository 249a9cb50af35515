"""An assistant as Vapi's API wants it: the draft without ids (which is what gets hashed), and the links filled in."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from agents.hashing import definition_hash
from agents.models import Agent, CallDirection
from agents.prompting.greetings import spoken_greeting, voicemail_message
from agents.prompts import prompt_of, require_fitting
from agents.structured_outputs import STRUCTURED_OUTPUTS, definition_of
from agents.tool_registry import ToolSpec, all_tools, tools_of
from agents.webhook_credentials import platform_mark
from orgs.models import IntegrationSettings, Organization

JsonObject = dict[str, Any]

TIMEOUT_S = 20
LIVE_TRANSCRIPTS = 'transcript[transcriptType="final"]'
# `assistant-request` is no entry of this list: Vapi sends it whenever a number has no assistant.
SERVER_MESSAGES = ["status-update", "end-of-call-report", "tool-calls", "transfer-destination-request"]
# A 4xx will not become a 200 by asking again; 429 will.
BACKOFF_PLAN: JsonObject = {
    "type": "exponential",
    "maxRetries": 3,
    "baseDelaySeconds": 1,
    "excludedStatusCodes": [400, 401, 403, 404, 405, 409, 410, 413, 415, 422],
}
# Vapi's own default speaks English only.
_VOICE_MODELS = {"11labs": {"model": "eleven_turbo_v2_5"}}
_PLATFORM_PART = 16


@dataclass(frozen=True)
class Links:
    """Ids at Vapi that an assistant refers to: `tools` by name, outputs in the order of their names.

    A tool that could not be registered is missing in `tools`, and so in the assistant.
    """

    tools: dict[str, str]
    output_ids: list[str]
    credential_id: str


@dataclass(frozen=True)
class AssistantDraft:
    """What an agent's assistant should be, before anything is registered."""

    body: JsonObject
    tools: list[ToolSpec]
    config_hash: str = field(default="")

    def complete(self, links: Links) -> JsonObject:
        """The whole body with the ids filled in."""
        tool_ids = [links.tools[tool.name] for tool in self.tools if tool.name in links.tools]
        return {
            **self.body,
            "model": {**self.body["model"], "toolIds": tool_ids},
            "server": {**self.body["server"], "credentialId": links.credential_id},
            "artifactPlan": {**self.body["artifactPlan"], "structuredOutputIds": links.output_ids},
        }

    def require_sendable(self) -> None:
        """Refuse what Vapi would take and a call would suffer from.

        Raises:
            PromptTooLong: says by how many characters.
        """
        require_fitting(self.body["model"]["messages"][0]["content"])


def draft_assistant(*, agent: Agent, org: Organization) -> AssistantDraft:
    """Describe the assistant of an agent. Runs inside the organisation's transaction (clinic facts are asked).

    It never raises for what the clinic typed: who sends the draft asks `require_sendable` first.
    """
    tools = tools_of(agent.tools_enabled)
    chosen = IntegrationSettings.objects.for_org(org.pk).first() or IntegrationSettings()
    body = _body(agent, org, chosen)
    own = definition_hash([body, [tool.name for tool in tools]])
    return AssistantDraft(body=body, tools=tools, config_hash=f"{platform_part()}{own[_PLATFORM_PART:]}")


def platform_part() -> str:
    """The beginning of every config hash: tools, outputs, our address and the platform's secret, alike for all agents.

    The sweeper finds whoever was hashed before one of them changed.
    """
    parts = [
        [tool_definition(spec) for spec in all_tools()],
        [definition_of(name) for name in STRUCTURED_OUTPUTS],
        webhook_url(),
        platform_mark(),
    ]
    return definition_hash(parts)[:_PLATFORM_PART]


def webhook_url() -> str:
    """Where Vapi sends what happens in calls."""
    return f"{settings.BACKEND_URL}/api/vapi/webhook"


def tool_definition(spec: ToolSpec) -> JsonObject:
    """The body that registers a tool, without its credential."""
    return {
        "type": "function",
        "async": False,
        "function": {"name": spec.name, "description": spec.description, "parameters": spec.parameters},
        "server": {"url": f"{settings.BACKEND_URL}/api/vapi/tools/{spec.name}", "timeoutSeconds": spec.timeout_s},
        "messages": [
            {"type": "request-start", "content": spec.starting, "blocking": False},
            {"type": "request-response-delayed", "content": spec.delayed, "timingMilliseconds": 4000},
            {"type": "request-failed", "content": spec.failed},
        ],
    }


def _body(agent: Agent, org: Organization, chosen: IntegrationSettings) -> JsonObject:
    return {
        "name": agent.name,
        "firstMessage": spoken_greeting(agent=agent, org=org, settings=chosen),
        "firstMessageMode": "assistant-speaks-first",
        "model": {
            "provider": "openai",
            "model": "gpt-4.1",
            "temperature": 0.3,
            "maxTokens": 400,
            "messages": [{"role": "system", "content": prompt_of(agent=agent, org=org)}],
            "tools": [{"type": "endCall"}],
        },
        "voice": {
            "provider": agent.voice_provider,
            "voiceId": agent.voice_id,
            **_VOICE_MODELS.get(agent.voice_provider, {}),
        },
        "transcriber": {"provider": "deepgram", "model": "nova-3", "language": agent.language},
        "server": {"url": webhook_url(), "timeoutSeconds": TIMEOUT_S, "backoffPlan": BACKOFF_PLAN},
        "serverMessages": [*SERVER_MESSAGES, *([LIVE_TRANSCRIPTS] if chosen.live_transcripts else [])],
        "artifactPlan": {"recordingEnabled": chosen.recording_enabled},
        "maxDurationSeconds": agent.max_duration_seconds,
        "backgroundSound": "off",
        **_voicemail(agent, org),
        "metadata": {"orgId": str(org.pk), "agentId": str(agent.pk)},
    }


def _voicemail(agent: Agent, org: Organization) -> JsonObject:
    """Only who calls out may meet an answering machine."""
    if agent.call_direction != CallDirection.OUTBOUND:
        return {"voicemailDetection": "off"}
    return {
        "voicemailDetection": {"provider": "vapi"},
        "voicemailMessage": voicemail_message(clinic=org.name, phone=org.phone),
    }


def merge(existing: JsonObject, ours: JsonObject) -> JsonObject:
    """Complete objects for a PATCH: ours over what is there, so that settings of others inside them survive.

    A voice, model or transcriber of another provider is replaced whole: its other settings would not fit.
    """
    return {name: _merge_value(existing.get(name), value) for name, value in ours.items()}


def _merge_value(existing: Any, ours: Any) -> Any:
    if not isinstance(existing, dict) or not isinstance(ours, dict):
        return ours
    if existing.get("provider") != ours.get("provider"):
        return ours
    return {**existing, **ours}


def find_unkept(saved: JsonObject, sent: JsonObject) -> list[str]:
    """What Vapi did not keep of what a call depends on; empty when the assistant will work."""
    essentials = (
        ("server", "url"),
        ("server", "credentialId"),
        ("model", "toolIds"),
        ("artifactPlan", "structuredOutputIds"),
        ("artifactPlan", "recordingEnabled"),
        ("metadata", "agentId"),
    )
    lost = [f"{group}.{name}" for group, name in essentials if (saved.get(group) or {}).get(name) != sent[group][name]]
    if saved.get("firstMessage") != sent["firstMessage"]:
        lost.append("firstMessage")
    if set(saved.get("serverMessages") or ()) != set(sent["serverMessages"]):
        lost.append("serverMessages")
    return lost
