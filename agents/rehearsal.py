"""The rehearsal before a version goes live. Whoever answers tools can play it: a higher room registers how.

What is rehearsed is the finished assistant: the prompt as it would be sent, the tools with their definitions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from agents.models import Agent
from agents.payload import AssistantDraft, JsonObject, tool_definition
from orgs.models import Organization
from voxanne.errors import DomainError


class NoRehearsal(DomainError):
    """There is nowhere to rehearse: nobody can say whether the agent would do well."""

    code = "no_rehearsal"
    http_status = 409
    message = "This installation has no rehearsal room, so the version could not be tried."


class RehearsalBrokeOff(DomainError):
    """The rehearsal did not come to an end. It says nothing about the agent."""

    code = "rehearsal_broke_off"
    http_status = 502
    message = "The rehearsal room could not be reached. Publish again in a minute."


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, in words for a clinic's owner."""

    expected: str
    happened: str
    passed: bool


@dataclass(frozen=True)
class ScenarioResult:
    """How one kind of call went."""

    key: str
    title: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """As `AgentPublication.results` stores it."""
        checks = [
            {"expected": check.expected, "happened": check.happened, "passed": check.passed} for check in self.checks
        ]
        return {"key": self.key, "title": self.title, "passed": self.passed, "checks": checks}


@dataclass(frozen=True)
class Rehearsal:
    """What is to be rehearsed.

    Attributes:
        claim: of the worker that rehearses; tools answer as long as it holds.
        agent: the agent as the version describes it, stored nowhere.
        assistant: the whole assistant, its tools inline (`model.tools`) instead of by id.
    """

    publication_id: UUID
    claim: UUID
    agent: Agent
    assistant: JsonObject


Rehearse = Callable[[Organization, Rehearsal], list[ScenarioResult]]
_rehearse: list[Rehearse] = []


def register_rehearsal(rehearse: Rehearse) -> None:
    """Have `rehearse(org, rehearsal)` judge each version before it goes live; called from `ready()`.

    It runs in the organisation's scope with no transaction open, for less than `publication_runs.LEASE_S`, and raises
    `NoRehearsal` or `RehearsalBrokeOff`.
    """
    _rehearse[:] = [rehearse]


def rehearse(org: Organization, rehearsal: Rehearsal) -> list[ScenarioResult]:
    """Play every scenario; one result each.

    Raises:
        NoRehearsal: nowhere to do it.
        RehearsalBrokeOff: it did not come to an end.
    """
    if not _rehearse:
        raise NoRehearsal
    return _rehearse[0](org, rehearsal)


def assemble(draft: AssistantDraft) -> JsonObject:
    """The assistant with its tools' definitions in place of their ids at Vapi."""
    model = draft.body["model"]
    tools = [*model.get("tools", []), *(tool_definition(spec) for spec in draft.tools)]
    return {**draft.body, "model": {**model, "tools": tools}}
