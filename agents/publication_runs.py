"""Carrying a publication out: take it, rehearse with no transaction open, then publish or refuse in one transaction.

A crash before the end leaves a row whose claim runs out; the sweeper wakes another worker, which rehearses again.
Rehearsing changes nothing, so doing it twice does no harm.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import structlog

from agents.editing import lock_agent
from agents.errors import LeaseLost
from agents.leases import retry_delay_s
from agents.measures import PUBLICATIONS
from agents.models import Agent, AgentPublication, AgentVersion, PublicationState
from agents.numbers.records import find_number_id
from agents.payload import draft_assistant
from agents.prompts import agent_with
from agents.rehearsal import NoRehearsal, Rehearsal, RehearsalBrokeOff, ScenarioResult, assemble, rehearse
from agents.services import mark_and_wake
from agents.versions import CONFIG_FIELDS, get_version
from orgs import audit
from orgs.actors import Actor, ActorKind
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from voxanne.clock import now
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

LEASE_S = 60
MAX_ATTEMPTS = 5


class PublicationOutcome(StrEnum):
    """What became of one attempt."""

    PUBLISHED = "published"
    REFUSED = "refused"
    FAILED = "failed"
    BUSY = "busy"
    LOST = "lost"


@dataclass(frozen=True)
class _Verdict:
    """What the rehearsal found. `trouble` says why there is nothing to judge by; then `is_refusal` counts it as one."""

    results: Sequence[ScenarioResult] = ()
    trouble: str = ""
    is_refusal: bool = True

    @property
    def failed(self) -> list[ScenarioResult]:
        return [result for result in self.results if not result.passed]

    @property
    def passed(self) -> bool:
        return not self.trouble and not self.failed


def run_publication(*, org: Organization, publication_id: UUID | str) -> PublicationOutcome:
    """Rehearse and conclude one publication. Safe to run twice, at once, or after a crash at any point.

    Call it with no transaction open. Never raises for what a rehearsal finds: that stands in the publication's row.
    """
    started = time.perf_counter()
    with org_scope(org):
        outcome = _run(org, UUID(str(publication_id)))
    PUBLICATIONS.labels(outcome.value).observe(time.perf_counter() - started)
    return outcome


def _run(org: Organization, publication_id: UUID) -> PublicationOutcome:
    taken = _take(org=org, publication_id=publication_id)
    if taken is None:
        return PublicationOutcome.BUSY
    row, rehearsal = taken
    verdict = _judge(org, row, rehearsal)
    failpoint("publishing.rehearsed")
    try:
        outcome = _conclude(org, row, verdict)
    except LeaseLost:
        return PublicationOutcome.LOST
    failpoint("publishing.concluded")
    log.info("agent.publication", agent=str(row.agent_id), version=row.version, outcome=outcome.value)
    return outcome


def _take(*, org: Organization, publication_id: UUID) -> tuple[AgentPublication, Rehearsal] | None:
    """Claim an open publication; None when another worker has it, or it is over. The attempt is counted first."""
    moment = now()
    with org_tx():
        row = AgentPublication.objects.select_for_update().filter(pk=publication_id).first()
        if row is None or row.state != PublicationState.REHEARSING:
            return None
        if row.claimed_until is not None and row.claimed_until > moment:
            return None
        row.claim, row.claimed_until = uuid4(), moment + timedelta(seconds=LEASE_S)
        row.attempts += 1
        row.due_at = moment + timedelta(seconds=retry_delay_s(row.attempts))
        row.save(update_fields=["claim", "claimed_until", "attempts", "due_at", "updated_at"])
        version = get_version(agent_id=row.agent_id, number=row.version)
        agent = agent_with(version.config, like=Agent.objects.get(pk=row.agent_id))
        assistant = assemble(draft_assistant(agent=agent, org=org))
    return row, Rehearsal(publication_id=row.pk, claim=row.claim, agent=agent, assistant=assistant)


def _judge(org: Organization, row: AgentPublication, rehearsal: Rehearsal) -> _Verdict:
    if row.attempts > MAX_ATTEMPTS:
        sentence = "The rehearsal broke off several times. Publish again, or tell support."
        return _Verdict(trouble=sentence, is_refusal=False)
    try:
        return _Verdict(results=rehearse(org, rehearsal))
    except NoRehearsal as nowhere:
        return _Verdict(trouble=nowhere.message)
    except RehearsalBrokeOff as trouble:
        return _Verdict(trouble=trouble.message, is_refusal=False)


def _conclude(org: Organization, taken: AgentPublication, verdict: _Verdict) -> PublicationOutcome:
    """Publish or refuse, if this worker still holds the publication.

    Raises:
        LeaseLost: another worker has it, or it was turned over to a newer version.
    """
    with org_tx():
        agent = lock_agent(taken.agent_id)
        row = AgentPublication.objects.select_for_update().filter(pk=taken.pk, claim=taken.claim).first()
        if row is None or row.state != PublicationState.REHEARSING:
            raise LeaseLost
        if verdict.passed or row.override_reason:
            go_live(org=org, agent=agent, version=get_version(agent_id=agent.pk, number=row.version))
        row.state = _state(row, verdict)
        row.results = [result.as_json() for result in verdict.results]
        row.message = _say(row, verdict, live=agent.published_version)
        row.claim = row.claimed_until = row.due_at = None
        row.finished_at = now()
        row.save()
        _record(org, agent, row, verdict)
        publish_on_commit(org.pk, "agent", id=agent.pk)
    return PublicationOutcome(row.state)


def go_live(*, org: Organization, agent: Agent, version: AgentVersion) -> None:
    """Make a version what Vapi should have, and have Vapi told. Inside a transaction that holds the agent locked.

    The number at Vapi that the agent calls from is written down with it, where one is known.
    """
    names = [name for name in CONFIG_FIELDS if name in version.config]
    for name in names:
        setattr(agent, name, version.config[name])
    agent.published_version = version.number
    agent.vapi_phone_number_id = find_number_id(agent.pk) or agent.vapi_phone_number_id
    agent.save(update_fields=[*names, "published_version", "vapi_phone_number_id", "updated_at"])
    AgentVersion.objects.filter(pk=version.pk).update(published_at=now(), updated_at=now())
    mark_and_wake(org, agent)


def _state(row: AgentPublication, verdict: _Verdict) -> PublicationState:
    if verdict.passed or row.override_reason:
        return PublicationState.PUBLISHED
    return PublicationState.REFUSED if verdict.is_refusal else PublicationState.FAILED


def _say(row: AgentPublication, verdict: _Verdict, *, live: int) -> str:
    if row.state == PublicationState.PUBLISHED:
        return f"Version {row.version} is live." if verdict.passed else f"Version {row.version} was published anyway."
    found = verdict.trouble or f"{len(verdict.failed)} of {len(verdict.results)} rehearsals failed."
    return f"{found} Version {live} stays live."


def _record(org: Organization, agent: Agent, row: AgentPublication, verdict: _Verdict) -> None:
    kind = ActorKind.USER if row.requested_by_id else ActorKind.SYSTEM
    actor = Actor(kind=kind, org_id=org.pk, user_id=row.requested_by_id)
    action = {
        PublicationState.PUBLISHED: "agent.published" if verdict.passed else "agent.published_over_failures",
        PublicationState.REFUSED: "agent.publication_refused",
        PublicationState.FAILED: "agent.publication_failed",
    }[PublicationState(row.state)]
    details = {"version": row.version, "failed": [result.key for result in verdict.failed]}
    if row.override_reason:
        details["reason"] = row.override_reason
    audit.record(actor, action, agent, **details)
