"""Taking in a text: kept once, the person found, and handed to whoever is waiting for an answer."""

from contextlib import suppress

import structlog
from django.http import QueryDict

from orgs.actors import Actor, ActorKind
from orgs.models import Organization
from orgs.scope import org_tx
from telephony.ingress.door import plain_number
from telephony.ingress.keywords import Keyword, answer_to, read_keyword, twilio_answers
from telephony.messaging.accounts import WHATSAPP
from telephony.messaging.events import offer_inbound
from telephony.messaging.measures import MESSAGES
from telephony.messaging.opt_outs import LAST_WORD, has_opted_out, opt_in, opt_out
from telephony.messaging.people import people
from telephony.messaging.sending import send_message
from telephony.models import Channel, Direction, Message, MessageStatus, OptOutSource, ServiceProvider
from voxanne.clock import now
from voxanne.errors import DomainError
from voxanne.ids import uuid7
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

LONGEST = 10_000
KEYWORD = "keyword"


def receive(org: Organization, form: QueryDict) -> bool:
    """Keep a text that came in and act on it; False when it was here already. Inside the organisation's transaction."""
    row = _read(org, form)
    Message.objects.bulk_create([row], ignore_conflicts=True)
    kept = Message.objects.get(idempotency_key=row.idempotency_key)
    if kept.pk != row.pk:
        return False
    MESSAGES.labels(row.method, "received").inc()
    publish_on_commit(org.pk, "message", id=row.pk)
    number = plain_number(form.get("From", ""))
    if not number:
        return True  # a short code or a name: nobody to know or to answer
    row.contact_id = people().find_or_make(org, number, form.get("ProfileName", "")[:120])
    is_out = has_opted_out(org=org, number=number, contact_id=row.contact_id)
    keyword = read_keyword(row.content, is_out=is_out)
    row.purpose = KEYWORD if keyword else ""
    row.save(update_fields=["contact", "purpose", "updated_at"])
    if keyword is not None:
        _obey(org, row, keyword, form)
    else:
        _offer(org, row)
    return True


def _read(org: Organization, form: QueryDict) -> Message:
    sender, text = form.get("From", ""), form.get("Body", "").replace("\0", "")
    return Message(
        id=uuid7(),
        org=org,
        direction=Direction.INBOUND,
        method=Channel.WHATSAPP if sender.startswith(WHATSAPP) else Channel.SMS,
        recipient=sender.removeprefix(WHATSAPP)[:254],
        sender=form.get("To", "").removeprefix(WHATSAPP)[:254],
        content=text[:LONGEST],
        media_count=_count(form.get("NumMedia", "")),
        segments=_count(form.get("NumSegments", "")),
        status=MessageStatus.RECEIVED,
        service_provider=ServiceProvider.TWILIO,
        service_account=str(form["AccountSid"]),
        external_message_id=str(form["MessageSid"])[:64],
        idempotency_key=f"twilio:{form['MessageSid']}"[:200],
        sent_at=now(),
    )


def _obey(org: Organization, row: Message, keyword: Keyword, form: QueryDict) -> None:
    actor = Actor(kind=ActorKind.TWILIO, org_id=org.pk)
    if keyword is Keyword.STOP:
        opt_out(org=org, number=row.recipient, source=OptOutSource.KEYWORD, actor=actor)
    elif keyword is Keyword.START:
        opt_in(org=org, number=row.recipient, actor=actor)
    if twilio_answers(form):
        return
    with suppress(DomainError):  # nothing to send it with, or they are out and ask for help
        send_message(
            org=org, channel=row.method, to=row.recipient, body=answer_to(keyword, org), contact_id=row.contact_id,
            in_reply_to=row, purpose=LAST_WORD if keyword is Keyword.STOP else KEYWORD,
            idempotency_key=f"keyword:{row.pk}", actor=actor,
        )  # fmt: skip


def _offer(org: Organization, row: Message) -> None:
    """Ask who waits for an answer. What breaks there must not cost the clinic the text."""
    try:
        with org_tx():
            offer_inbound(org, row)
    except Exception as error:
        log.exception("message.handler_failed", message=str(row.pk), error=type(error).__name__)


def _count(text: str) -> int:
    return min(int(text), 1000) if text.isdecimal() and len(text) < 6 else 0
