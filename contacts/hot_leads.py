"""Telling the clinic's people of a lead that has become hot: a text to the number that they chose, once a contact.

The text says where to look and nothing of the caller. Where it cannot be sent, the same stands on the list of things
to do.
"""

from uuid import UUID

import structlog
from django.conf import settings
from django.urls import reverse

from contacts.models import Contact, TaskKind
from contacts.staff_tasks import NewTask, add_task
from orgs.actors import Actor
from orgs.models import IntegrationSettings, Organization
from telephony.messaging import send_message
from telephony.messaging.limits import ALERT
from telephony.models import Channel, Message, MessageStatus
from voxanne.errors import DomainError

log = structlog.get_logger(__name__)

_KEY = "hot_lead:"
_LOST = (MessageStatus.FAILED, MessageStatus.UNDELIVERED)


def announce_hot_lead(*, org: Organization, contact: Contact, call_id: UUID) -> None:
    """Text the alert number, where the clinic has chosen one. Inside the transaction that recorded the score."""
    chosen = IntegrationSettings.objects.for_org(org.pk).values_list("hot_lead_alert_phone", flat=True).first()
    if not chosen:
        return
    path = reverse("calls:detail", args=[call_id])
    try:
        send_message(
            org=org,
            channel=Channel.SMS,
            to=chosen,
            body=f"Hot lead: {contact.lead_score} out of 100. See why and ring back: {settings.BACKEND_URL}{path}",
            idempotency_key=f"{_KEY}{contact.pk}",
            call_id=call_id,
            purpose=ALERT,
            actor=Actor.system(org.pk),
        )
    except DomainError as refused:
        log.info("hot_lead.not_texted", code=refused.code)
        _note_task(org=org, contact_id=contact.pk, call_id=call_id)


def follow_alert(org: Organization, message: Message) -> None:
    """The fate of a text is known: one that did not arrive becomes a task. Inside that transaction."""
    if message.purpose == ALERT and message.idempotency_key.startswith(_KEY) and message.status in _LOST:
        contact_id = UUID(message.idempotency_key.removeprefix(_KEY))
        if Contact.objects.filter(pk=contact_id).exists():
            _note_task(org=org, contact_id=contact_id, call_id=message.call_id)


def _note_task(*, org: Organization, contact_id: UUID, call_id: UUID | None) -> None:
    task = NewTask(
        kind=TaskKind.HOT_LEAD,
        cause=f"{_KEY}{contact_id}",
        reason="A lead became hot, and the text to your alert number could not be sent. See why, and ring back.",
        call_id=call_id,
        contact_id=contact_id,
    )
    add_task(org=org, task=task)
