"""This room's step on the way to a clinic's first call."""

from agents.models import Agent, CallDirection, SyncState
from orgs.models import Organization
from orgs.onboarding import Step


def _is_ready(org: Organization) -> bool:
    inbound = Agent.objects.for_org(org.pk).filter(call_direction=CallDirection.INBOUND)
    return inbound.filter(sync_state=SyncState.SYNCED).exists()


RECEPTIONIST = Step(
    key="receptionist",
    order=30,
    title="Your receptionist",
    note="Made ready on the phone line by itself, within a minute of signing up.",
    is_done=_is_ready,
    url_name="agents:list",
    action="See it",
)
"""Done once the assistant that answers patients stands at the provider as it is saved here."""
