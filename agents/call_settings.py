"""What a clinic chooses for its calls: who answers, what is recorded and said, when it may call. Vapi follows."""

from agents.models import Agent
from agents.numbers.wanted import follow_routing
from agents.services import mark_and_wake, refresh_agents
from orgs import audit
from orgs.actors import Actor
from orgs.models import IntegrationSettings, Organization
from orgs.scope import org_tx

# In the order in which a page shows them.
CHOICES = (
    "call_routing",
    "transfer_phone_number",
    "greet_by_name",
    "caller_memory_enabled",
    "recording_enabled",
    "recording_consent_message",
    "live_transcripts",
    "quiet_hours_start",
    "quiet_hours_end",
    "outbound_cap_per_contact",
    "outbound_cap_per_day",
    "outbound_concurrency",
    "webhook_auth",
)
_ROUTING = {"call_routing", "transfer_phone_number"}


def read_call_settings(org: Organization) -> IntegrationSettings:
    """The clinic's choices; the usual ones where it has made none. One query, inside the open transaction."""
    found: IntegrationSettings | None = IntegrationSettings.objects.for_org(org.pk).first()
    return found or IntegrationSettings(org=org)


def save_call_settings(*, org: Organization, chosen: IntegrationSettings, actor: Actor) -> list[str]:
    """Store checked choices and have Vapi told of what concerns it; the names of those that changed."""
    with org_tx():
        before = IntegrationSettings.objects.select_for_update().filter(pk=chosen.pk).first()
        changed = [name for name in CHOICES if before is None or getattr(before, name) != getattr(chosen, name)]
        if not changed:
            return []
        if before is None:
            chosen.save(force_insert=True)
        else:
            chosen.save(update_fields=[*changed, "updated_at"])
        audit.record(actor, "settings.calls_changed", chosen, changed=changed)
        refresh_agents(org=org)
        if _ROUTING & set(changed):
            follow_routing(org)
        if "webhook_auth" in changed:
            for agent in Agent.objects.select_for_update().order_by("pk"):
                mark_and_wake(org, agent)
    return changed
