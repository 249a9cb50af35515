"""Sending once more, by hand, what did not arrive: a message of its own, one for each that failed."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from telephony.messaging.errors import CannotBeSentAgain
from telephony.messaging.sending import send_message
from telephony.models import Channel, Direction, Message, MessageStatus
from voxanne.clock import now
from voxanne.errors import NotFound

# What a person wrote to somebody and may still mean a day later. Reminders, offers and links have ways of their own.
BY_HAND = frozenset({"follow_up", "by_hand"})
WORTH_IT_FOR = timedelta(days=1)
_FAILED = (MessageStatus.FAILED, MessageStatus.UNDELIVERED)


def note_what_may_be_sent_again(rows: Iterable[Message]) -> None:
    """Set `may_be_sent_again` on each row. At most one query."""
    failed = {_key(row.pk): row for row in rows if _is_candidate(row)}
    keys = list(failed)
    done = set(Message.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True))
    for key, row in failed.items():
        row.may_be_sent_again = key not in done


def send_again(*, org: Organization, message_id: UUID, actor: Actor) -> Message:
    """Queue the same words to the same person anew. Asked twice, it is the same message.

    Raises:
        NotFound: no such message here. CannotBeSentAgain: it did not fail, or is none that a person wrote.
        DomainError: as `send_message`.
    """
    with org_tx():
        failed = Message.objects.filter(pk=message_id).first()
        if failed is None:
            raise NotFound("We could not find that message.")
        if not _is_candidate(failed):
            raise CannotBeSentAgain
        return send_message(
            org=org,
            channel=Channel(failed.method),
            to=failed.recipient,
            body=failed.content,
            subject=failed.subject,
            idempotency_key=_key(failed.pk),
            agent_id=failed.agent_id,
            contact_id=failed.contact_id,
            call_id=failed.call_id,
            appointment_id=failed.appointment_id,
            by_person=True,
            purpose=failed.purpose,
            actor=actor,
        )


def _is_candidate(row: Message) -> bool:
    is_ours = row.direction == Direction.OUTBOUND and row.purpose in BY_HAND
    return is_ours and row.status in _FAILED and now() < row.created_at + WORTH_IT_FOR


def _key(message_id: UUID) -> str:
    return f"again:{message_id}"
