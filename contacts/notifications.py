"""What a clinic chose for being told of hot leads, and for what a call counts in which nothing was named."""

from collections.abc import Mapping
from typing import Any

from orgs import audit
from orgs.actors import Actor
from orgs.models import IntegrationSettings, Organization
from orgs.scope import org_tx
from telephony.messaging.accounts import twilio_account
from telephony.models import Channel
from voxanne.errors import DomainError

CHOICES = ("hot_lead_alert_phone", "fallback_value_minor")


def read_notifications(org: Organization) -> IntegrationSettings:
    """The clinic's choices; none made where there is no row. One query, inside the open transaction."""
    found: IntegrationSettings | None = IntegrationSettings.objects.for_org(org.pk).first()
    return found or IntegrationSettings(org=org)


def save_notifications(*, org: Organization, chosen: Mapping[str, Any], actor: Actor) -> list[str]:
    """Store these choices (of `CHOICES`); the names of those that changed."""
    with org_tx():
        stored = IntegrationSettings.objects.for_org(org.pk).select_for_update().first()
        stored = stored or IntegrationSettings.objects.create(org=org)
        changed = [name for name in CHOICES if getattr(stored, name) != chosen[name]]
        for name in changed:
            setattr(stored, name, chosen[name])
        if changed:
            stored.save(update_fields=[*changed, "updated_at"])
            audit.record(actor, "settings.notifications_changed", stored, changed=changed)
    return changed


def can_text(org: Organization) -> bool:
    """Whether the clinic has an account that texts go through."""
    try:
        twilio_account(org=org, agent_id=None, channel=Channel.SMS)
    except DomainError:
        return False
    return True
