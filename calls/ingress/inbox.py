"""Keeping what came, and waking whoever works on it."""

import json
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from calls.ingress.messages import Message
from calls.ingress.recording import store_event
from calls.ingress.wake_ups import wake_worker_on_commit
from calls.models import UnresolvedWebhook, WebhookEvent
from credentials.sealing import seal_for_org
from orgs.scope import org_tx
from voxanne import sealed_text
from voxanne.clock import now
from voxanne.ids import uuid7
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

UNRESOLVED_PURPOSE = "unresolved_webhooks.payload"


def payload_purpose(event_id: UUID) -> str:
    """What a payload is sealed for: one row, so that it opens nowhere else."""
    return f"webhook_events.payload {event_id}"


def accept_report(*, org_id: UUID, message: Message) -> bool:
    """Store a report and bring the call's row up to date, in one transaction; False when it was there already.

    The work itself is a task's; losing the wake-up costs only time, the sweeper finds the row.
    """
    event_id = uuid7()
    payload = seal_for_org(org_id, purpose=payload_purpose(event_id), text=_as_json(message))
    if not message.call_id:
        with org_tx():
            return _keep_without_call(org_id, event_id, message, payload)
    call_pk = store_event(org_id=org_id, event_id=event_id, message=message, payload=payload)
    if call_pk is None:
        return False
    publish_on_commit(org_id, "call", id=call_pk)
    wake_worker_on_commit(org_id, message.call_id)
    return True


def keep_unresolved(message: Message) -> None:
    """Keep a genuine message that belongs to no organisation here, for the platform's admins to see and replay."""
    row_id = uuid7()
    row = UnresolvedWebhook(
        id=row_id,
        event_type=message.type[:60],
        vapi_call_id=message.call_id,
        assistant_id=message.assistant_id,
        dedupe_key=f"{message.assistant_id}|{message.dedupe_key}"[:200],
        payload=sealed_text.seal(_as_json(message), purpose=UNRESOLVED_PURPOSE, row=str(row_id)),
    )
    UnresolvedWebhook.objects.bulk_create([row], ignore_conflicts=True)
    log.warning("webhook.unresolved", event_type=row.event_type, assistant=row.assistant_id)


def _keep_without_call(org_id: UUID, event_id: UUID, message: Message, payload: str) -> bool:
    """A report that names no call cannot be worked on, and is not thrown away either: it waits as dead in the admin."""
    try:
        with transaction.atomic():
            WebhookEvent.objects.create(
                id=event_id,
                org_id=org_id,
                event_type=message.type[:60],
                dedupe_key=f"no-call|{message.dedupe_key}"[:200],
                payload=payload,
                dead_at=now(),
                error="The message names no call.",
            )
    except IntegrityError:
        return False
    return True


def _as_json(message: Message) -> str:
    return json.dumps(message.stripped(), separators=(",", ":"))
