"""One worker at a time talks to Vapi about an agent: a lease in the agent's row, no lock held while talking.

Session locks do not survive a connection pooler in transaction mode, and no transaction may be open during a provider
call; a row that says until when it is taken has neither problem.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from agents.errors import LeaseLost
from agents.models import Agent, SyncState
from agents.payload import AssistantDraft, draft_assistant
from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tenancy import TenantModel
from voxanne.clock import now
from voxanne.live import publish_on_commit

LEASE_S = 60
FIRST_RETRY_S = 30
LAST_RETRY_S = 30 * 60


class HeldRow(ABC):
    """A row that one worker holds: what a lease can do with it. The columns are those of the claim and of its end."""

    claim: ClassVar[str] = "sync_claim"
    claimed_until: ClassVar[str] = "sync_claimed_until"
    token: UUID

    @property
    @abstractmethod
    def held(self) -> TenantModel:
        """The row as it was when it was taken."""

    def renew(self) -> None:
        """Hold it for longer, right before something that must not happen twice.

        Raises:
            LeaseLost: another worker has it by now.
        """
        self.write(**{self.claimed_until: now() + timedelta(seconds=LEASE_S)})

    def write(self, **values: object) -> None:
        """Change columns of the row.

        Raises:
            LeaseLost: another worker has it by now.
        """
        with org_tx():
            changed = self.mine().update(**values)
        if not changed:
            raise LeaseLost

    def release(self) -> None:
        """Give it back, if it is still held."""
        with org_tx():
            self.mine().update(**{self.claim: None, self.claimed_until: None})

    def mine(self) -> "models.QuerySet[TenantModel]":
        """The row, as long as it is held. Inside the open transaction."""
        rows: models.QuerySet[TenantModel] = type(self.held).objects.filter(pk=self.held.pk, **{self.claim: self.token})
        return rows


@dataclass(frozen=True)
class Lease(HeldRow):
    """The right to sync one agent, and what it should become."""

    token: UUID
    agent: Agent
    draft: AssistantDraft

    @property
    def held(self) -> Agent:
        return self.agent


def take_lease(*, org: Organization, agent_id: UUID) -> Lease | None:
    """Take an agent for syncing; None when another worker has it or it is gone.

    The attempt is counted and the next look of the sweeper set before any work is done, so that work which kills its
    worker is counted too.
    """
    moment = now()
    with org_tx():
        agent = Agent.objects.select_for_update().filter(pk=agent_id).first()
        if agent is None or (agent.sync_claimed_until is not None and agent.sync_claimed_until > moment):
            return None
        draft = draft_assistant(agent=agent, org=org)
        agent.sync_claim, agent.sync_claimed_until = uuid4(), moment + timedelta(seconds=LEASE_S)
        agent.sync_attempts += 1
        agent.sync_due_at = moment + timedelta(seconds=retry_delay_s(agent.sync_attempts))
        agent.config_hash = draft.config_hash
        if agent.sync_state != SyncState.SYNCING:
            agent.sync_state = SyncState.SYNCING
            publish_on_commit(org.pk, "agent", id=agent.pk)
        agent.save(
            update_fields=[
                "sync_claim", "sync_claimed_until", "sync_attempts", "sync_due_at", "config_hash", "sync_state",
                "updated_at",
            ]
        )  # fmt: skip
    return Lease(token=agent.sync_claim, agent=agent, draft=draft)


def retry_delay_s(attempts: int) -> int:
    """Seconds until the sweeper tries again: 30, 60, 120, … at most half an hour."""
    return int(min(FIRST_RETRY_S * 2 ** min(max(attempts - 1, 0), 10), LAST_RETRY_S))
