"""Delivering again what belonged to nobody when it came."""

import json
from uuid import UUID

import structlog

from agents.models import AssistantMapping
from calls.ingress.inbox import UNRESOLVED_PURPOSE, accept_report
from calls.ingress.messages import REPORTS, Message
from calls.models import UnresolvedWebhook
from orgs.scope import org_scope
from voxanne import sealed_text
from voxanne.clock import now

log = structlog.get_logger(__name__)


def replay_unresolved(row: UnresolvedWebhook) -> bool:
    """Put a message into the inbox of the organisation that its assistant belongs to by now.

    Inside the platform's transaction. False when it still belongs to nobody, is not a report (an answer is of no use
    any more), cannot be read any more, or was delivered before; the repeat is recognised by its key.
    """
    org_id = _find_org(row.assistant_id)
    if org_id is None or row.resolved_at is not None:
        return False
    try:
        payload = sealed_text.unseal(row.payload, purpose=UNRESOLVED_PURPOSE, row=str(row.pk))
    except sealed_text.SealBroken:
        log.warning("webhook.unreadable", unresolved=str(row.pk))
        return False
    message = Message(json.loads(payload))
    if message.type not in REPORTS:
        return False
    with org_scope(org_id):
        accept_report(org_id=org_id, message=message)
    row.resolved_at = now()
    row.save(update_fields=["resolved_at"])
    return True


def _find_org(assistant_id: str) -> UUID | None:
    mapping = AssistantMapping.across_orgs.filter(vapi_assistant_id=assistant_id).only("org_id").first()
    return mapping.org_id if mapping else None
