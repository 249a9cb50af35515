"""From a saved version to a live one: the wish is written down here, `agents.publication_runs` carries it out."""

from uuid import UUID

from agents.editing import lock_agent
from agents.models import Agent, AgentPublication, PublicationState
from agents.tasks import rehearse_publication
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization, Role
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from voxanne.clock import now
from voxanne.errors import BadInput, DomainError, Forbidden
from voxanne.live import publish_on_commit

MAX_REASON = 500


class NothingToPublish(DomainError):
    """The newest version is the one that is live."""

    code = "nothing_to_publish"
    http_status = 409

    def __init__(self, version: int) -> None:
        super().__init__(f"Version {version} is live already. Save a change first.")


class OnlyOwnersOverride(Forbidden):
    code = "only_owners_override"
    message = "Only an owner of your clinic can publish a version that failed its rehearsal."


def request_publication(
    *, org: Organization, agent_id: UUID, actor: Actor, override: bool = False, reason: str = ""
) -> AgentPublication:
    """Have the newest version rehearsed and, if it does well, go live. Asked twice, it is one publication.

    While one is under way for an older version, it starts again with the newest.

    Args:
        override: publish whatever the rehearsal finds. Owners only, with a reason; it is audited.

    Raises:
        NotFound: no such agent here.
        NothingToPublish: the newest version is live.
        OnlyOwnersOverride: somebody else asked for an override.
        BadInput: an override without a reason.
    """
    reason = _require_reason(actor, reason) if override else ""
    with org_tx():
        agent = lock_agent(agent_id)
        open_row = find_open_publication(agent.pk, lock=True)
        if open_row is not None and open_row.version == agent.version:
            return _add_override(open_row, actor, reason) if override else open_row
        if agent.version == agent.published_version:
            return _find_concluded(agent)
        row = _begin(org, agent, open_row, actor, reason)
        audit.record(actor, "agent.publication_requested", agent, version=row.version, override=override)
    return row


def find_open_publication(agent_id: UUID, *, lock: bool = False) -> AgentPublication | None:
    """The publication under way, or None. One query, inside the open transaction."""
    rows = AgentPublication.objects.filter(agent_id=agent_id, state=PublicationState.REHEARSING)
    found: AgentPublication | None = (rows.select_for_update() if lock else rows).first()
    return found


def find_latest_publication(agent_id: UUID) -> AgentPublication | None:
    """The last publication, under way or over, or None. One query, inside the open transaction."""
    found: AgentPublication | None = AgentPublication.objects.filter(agent_id=agent_id).order_by("-created_at").first()
    return found


def _begin(
    org: Organization, agent: Agent, open_row: AgentPublication | None, actor: Actor, reason: str
) -> AgentPublication:
    """A publication of the newest version. One for an older version is turned over; who rehearses that one loses it."""
    row = open_row or AgentPublication(org=org, agent=agent)
    row.version, row.override_reason, row.requested_by_id = agent.version, reason, actor.user_id
    row.claim = row.claimed_until = None
    row.attempts, row.due_at = 0, now()
    row.save()
    publish_on_commit(org.pk, "agent", id=agent.pk)
    enqueue_on_commit(rehearse_publication, str(org.pk), str(row.pk))
    return row


def _add_override(row: AgentPublication, actor: Actor, reason: str) -> AgentPublication:
    row.override_reason, row.requested_by_id = reason, actor.user_id
    row.save(update_fields=["override_reason", "requested_by", "updated_at"])
    return row


def _find_concluded(agent: Agent) -> AgentPublication:
    latest = find_latest_publication(agent.pk)
    if latest is None or (latest.version, latest.state) != (agent.version, PublicationState.PUBLISHED):
        raise NothingToPublish(agent.version)
    return latest


def _require_reason(actor: Actor, reason: str) -> str:
    if actor.role != Role.OWNER:
        raise OnlyOwnersOverride
    reason = reason.strip() if isinstance(reason, str) else ""
    if not reason or len(reason) > MAX_REASON or "\x00" in reason:
        raise BadInput(fields={"reason": [f"Say why, in at most {MAX_REASON} characters."]})
    return reason
