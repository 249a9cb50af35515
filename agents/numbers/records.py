"""Writing down how the sync of a number ended, in one transaction, if this worker still holds it."""

from dataclasses import dataclass
from uuid import UUID

from agents.errors import LeaseLost
from agents.models import Agent, AgentTwilioSettings
from agents.numbers.leases import NumberLease
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from telephony.models import NumberSource, NumberState, PhoneNumberMapping
from voxanne.clock import now
from voxanne.live import publish_on_commit


def record_connected(*, org: Organization, lease: NumberLease, credential_id: str, number_id: str) -> bool:
    """Vapi has the number as it was when the lease was taken. False when something is left to do.

    Left to do: it was saved again meanwhile, or its agent has no assistant yet (its first sync says so here).

    Raises:
        LeaseLost: another worker has the number; it will find what was made by its name.
    """
    moment = now()
    with org_tx():
        row = _take_held(lease)
        is_first = row.vapi_phone_number_id != number_id
        row.vapi_credential_id, row.vapi_phone_number_id = credential_id, number_id
        row.confirmed_version, row.confirmed_at = lease.row.wanted_version, moment
        row.confirmed_route = lease.route.mark
        is_current = row.wanted_version == lease.row.wanted_version
        row.sync_error = ""
        if is_current and lease.is_answered:
            row.sync_state, row.sync_attempts, row.sync_due_at = NumberState.CONNECTED, 0, None
        elif not is_current:
            row.sync_due_at = moment
        row.sync_claim = row.sync_claimed_until = None
        row.save()
        link_agents()
        if is_first:
            audit.record(Actor.system(org.pk), "number.imported", row, vapi_phone_number=number_id)
        publish_on_commit(org.pk, "agent", id=row.agent_id or row.pk)
    return is_current


def record_forgotten(*, org: Organization, lease: NumberLease) -> bool:
    """Vapi does not know the number any more: neither do its agents and the directory. False when wanted again.

    Raises:
        LeaseLost: another worker has the number.
    """
    with org_tx():
        row = _take_held(lease)
        gone = row.vapi_phone_number_id
        is_current = row.wanted_version == lease.row.wanted_version
        if is_current:
            audit.record(Actor.system(org.pk), "number.forgotten", row)
            row.delete()
        else:
            row.vapi_phone_number_id = row.vapi_credential_id = ""
            row.sync_due_at = now()
            row.sync_claim = row.sync_claimed_until = None
            row.save()
        if gone:
            Agent.objects.filter(vapi_phone_number_id=gone).update(vapi_phone_number_id="")
        link_agents()
        publish_on_commit(org.pk, "agent", id=lease.row.agent_id or lease.row.pk)
    return is_current


def record_failure(*, org: Organization, lease: NumberLease, sentence: str) -> None:
    """The number needs attention, in words for its page; the sweeper comes back after the delay the attempts earned."""
    with org_tx():
        row = PhoneNumberMapping.objects.select_for_update().filter(pk=lease.row.pk, sync_claim=lease.token).first()
        if row is None:
            return
        row.sync_claim = row.sync_claimed_until = None
        if row.wanted_version == lease.row.wanted_version:
            row.sync_state, row.sync_error = NumberState.NEEDS_ATTENTION, sentence
        else:
            row.sync_due_at = now()
        row.save()
        publish_on_commit(org.pk, "agent", id=row.agent_id or row.pk)


def link_agents() -> None:
    """Write to every agent the number at Vapi that it calls from: its own, else one of ours that it answers, else the
    organisation's.

    Runs inside the open transaction. An agent for which there is no number keeps what it has.
    """
    ids = _pick_number_ids()
    having_own = set(AgentTwilioSettings.objects.values_list("agent_id", flat=True))
    for agent in Agent.objects.select_for_update().order_by("pk").only("pk", "vapi_phone_number_id"):
        number_id = ids.of_agent(agent.pk, has_own=agent.pk in having_own)
        if number_id and number_id != agent.vapi_phone_number_id:
            Agent.objects.filter(pk=agent.pk).update(vapi_phone_number_id=number_id, updated_at=now())


def find_number_id(agent_id: UUID | None) -> str:
    """The number at Vapi that an agent calls from by our tables, or the organisation's for None. "" for none.

    Two queries, inside the open transaction.
    """
    ids = _pick_number_ids()
    if agent_id is None:
        return ids.shared
    has_own = AgentTwilioSettings.objects.filter(agent_id=agent_id).exists()
    return ids.of_agent(agent_id, has_own=has_own)


@dataclass(frozen=True)
class _NumberIds:
    """Numbers at Vapi: of agents' own accounts, of ours by who answers them, and the organisation's."""

    own: dict[UUID | None, str]
    assigned: dict[UUID | None, str]
    shared: str

    def of_agent(self, agent_id: UUID, *, has_own: bool) -> str:
        """The one that an agent calls from; "" for none."""
        return self.own.get(agent_id, "") if has_own else self.assigned.get(agent_id, self.shared)


def _pick_number_ids() -> _NumberIds:
    rows = list(PhoneNumberMapping.objects.filter(is_wanted=True).exclude(vapi_phone_number_id="").order_by("-pk"))
    own = {row.source_agent_id: row.vapi_phone_number_id for row in rows if row.source == NumberSource.AGENT}
    ours = {row.agent_id: row.vapi_phone_number_id for row in rows if row.source == NumberSource.MANAGED}
    return _NumberIds(own, ours, _pick_shared(rows[::-1]))


def _pick_shared(rows: list[PhoneNumberMapping]) -> str:
    for source in (NumberSource.ORGANIZATION, NumberSource.MANAGED):
        for row in rows:
            if row.source == source:
                return row.vapi_phone_number_id
    return ""


def _take_held(lease: NumberLease) -> PhoneNumberMapping:
    row: PhoneNumberMapping | None = (
        PhoneNumberMapping.objects.select_for_update().filter(pk=lease.row.pk, sync_claim=lease.token).first()
    )
    if row is None:
        raise LeaseLost
    return row
