"""A text to whoever was on the line, sent by hand."""

from uuid import UUID

import phonenumbers

from calls.actions.errors import CallerUnreachable, KeyUsedForAnother, NotATextPhone, TextTooLong
from calls.models import Call
from calls.selectors import find_caller
from contacts.phones import find_caller_number
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from telephony.messaging import send_message
from telephony.messaging.accounts import twilio_account
from telephony.messaging.errors import OptedOut
from telephony.messaging.opt_outs import has_opted_out
from telephony.models import Channel, Message
from voxanne.errors import DomainError

# As many characters as one plain text holds.
LONGEST = 160
PURPOSE = "follow_up"


def find_obstacle(*, org: Organization, call: Call) -> str:
    """Why the caller cannot be texted now, in a sentence; "" when they can. Inside the open transaction."""
    try:
        number, contact_id = _recipient(call)
        if has_opted_out(org=org, number=number, contact_id=contact_id):
            raise OptedOut
        twilio_account(org=org, agent_id=call.agent_id, channel=Channel.SMS)
    except DomainError as obstacle:
        return obstacle.message
    return ""


def send_follow_up(*, org: Organization, call: Call, text: str, idempotency_key: str, actor: Actor) -> Message:
    """Queue a text to the caller. The same key is the same text. What becomes of it stands with the message.

    Raises:
        CallerUnreachable, NotATextPhone, TextTooLong: it cannot go out like this.
        KeyUsedForAnother: the key stands for other words.
        DomainError: of `telephony.messaging.errors`; or an account that cannot be read.
    """
    words = text.strip()
    if len(words) > LONGEST:
        raise TextTooLong
    with org_tx():
        number, contact_id = _recipient(call)
        message = send_message(
            org=org,
            channel=Channel.SMS,
            to=number,
            body=words,
            idempotency_key=f"follow-up:{call.pk}:{idempotency_key}",
            agent_id=call.agent_id,
            contact_id=contact_id,
            call_id=call.pk,
            by_person=True,
            purpose=PURPOSE,
            actor=actor,
        )
        if message.content != words:
            raise KeyUsedForAnother
    return message


def _recipient(call: Call) -> tuple[str, UUID | None]:
    """The other party's number and contact.

    Raises:
        CallerUnreachable, NotATextPhone: no text would get there.
    """
    contact = find_caller(call)
    number = find_caller_number(call.phone_number) or (contact.phone if contact else "")
    if not number:
        raise CallerUnreachable
    if phonenumbers.number_type(phonenumbers.parse(number)) == phonenumbers.PhoneNumberType.FIXED_LINE:
        raise NotATextPhone
    return number, contact.pk if contact else None
