"""An assistant as Vapi's API wants it: the draft without ids (which is what gets hashed), and the links filled in."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from agents.hashing import definition_hash
from agents.models import Agent
from agents.prompts import build_prompt, clinic_facts
from agents.structured_outputs import STRUCTURED_OUTPUTS, definition_of
from agents.tool_registry import ToolSpec, all_tools
from orgs.models import Organization

JsonObject = dict[str, Any]

TIMEOUT_S = 20
SERVER_MESSAGES = [
    "status-update",
    "end-of-call-report",
    "tool-calls",
    "transfer-destination-request",
    'transcript[transcriptType="final"]',
]
# A 4xx will not become a 200 by asking again; 429 will.
BACKOFF_PLAN: JsonObject = {
    "type": "exponential",
    "maxRetries": 3,
    "baseDelaySeconds": 1,
    "excludedStatusCodes": [400, 401, 403, 404, 405, 409, 410, 413, 415, 422],
}
_PLATFORM_PART = 16


@dataclass(frozen=True)
class Links:
    """Ids at Vapi that an assistant refers to: `tools` by name, outputs in the order of their names."""

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
        model = {**self.body["model"], "toolIds": [links.tools[tool.name] for tool in self.tools]}
        return {
            **self.body,
            "model": model,
            "server": {**self.body["server"], "credentialId": links.credential_id},
            "artifactPlan": {**self.body["artifactPlan"], "structuredOutputIds": links.output_ids},
        }


def draft_assistant(*, agent: Agent, org: Organization) -> AssistantDraft:
    """Describe the assistant of an agent. Runs inside the organisation's transaction (clinic facts are asked)."""
    tools = [spec for spec in all_tools() if agent.tools_enabled is None or spec.name in agent.tools_enabled]
    prompt = build_prompt(agent=agent, org=org, facts=clinic_facts(org), tools=tools)
    body = _body(agent, org, prompt)
    own = definition_hash([body, [tool.name for tool in tools]])
    return AssistantDraft(body=body, tools=tools, config_hash=f"{platform_part()}{own[_PLATFORM_PART:]}")


def platform_part() -> str:
    """The beginning of every config hash: it changes when tools, outputs or the public address do, for all agents."""
    parts = [
        [tool_definition(spec) for spec in all_tools()],
        [definition_of(name) for name in STRUCTURED_OUTPUTS],
        webhook_url(),
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


def _body(agent: Agent, org: Organization, prompt: str) -> JsonObject:
    return {
        "name": agent.name,
        "firstMessage": agent.first_message,
        "firstMessageMode": "assistant-speaks-first",
        "model": {
            "provider": "openai",
            "model": "gpt-4.1",
            "temperature": 0.3,
            "maxTokens": 400,
            "messages": [{"role": "system", "content": prompt}],
            "tools": [{"type": "endCall"}],
        },
        "voice": {"provider": agent.voice_provider, "voiceId": agent.voice_id},
        "transcriber": {"provider": "deepgram", "model": "nova-3", "language": agent.language},
        "server": {"url": webhook_url(), "timeoutSeconds": TIMEOUT_S, "backoffPlan": BACKOFF_PLAN},
        "serverMessages": SERVER_MESSAGES,
        "artifactPlan": {"recordingEnabled": bool(org.settings.get("recording_enabled", True))},
        "maxDurationSeconds": agent.max_duration_seconds,
        "backgroundSound": "off",
        "metadata": {"orgId": str(org.pk), "agentId": str(agent.pk)},
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
        ("metadata", "agentId"),
    )
    lost = [f"{group}.{name}" for group, name in essentials if (saved.get(group) or {}).get(name) != sent[group][name]]
    if set(saved.get("serverMessages") or ()) != set(sent["serverMessages"]):
        lost.append("serverMessages")
    return lost
