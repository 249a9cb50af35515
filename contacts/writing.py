"""A text or an email to a contact, written by somebody of the team."""

from uuid import UUID

import phonenumbers

from contacts.errors import CannotBeWrittenTo
from contacts.models import Contact
from contacts.people import access_contact
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from telephony.messaging import send_message
from telephony.messaging.accounts import resend_account, twilio_account
from telephony.messaging.errors import OptedOut
from telephony.messaging.opt_outs import has_opted_out
from telephony.models import Channel, Message
from voxanne.errors import DomainError

# As many characters as one plain text holds.
LONGEST_TEXT = 160
LONGEST_EMAIL = 10_000
PURPOSE = "follow_up"


def find_obstacle(*, org: Organization, contact: Contact, channel: Channel) -> str:
    """Why this person cannot be written to now, in a sentence; "" when they can. Inside the open transaction."""
    try:
        address = _address(contact, channel)
        if channel == Channel.EMAIL:
            resend_account(org=org)
            return ""
        if has_opted_out(org=org, number=address, contact_id=contact.pk):
            raise OptedOut
        twilio_account(org=org, agent_id=None, channel=channel)
    except DomainError as obstacle:
        return obstacle.message
    return ""


def write_to_contact(
    *,
    org: Organization,
    contact_id: UUID,
    channel: Channel,
    body: str,
    subject: str = "",
    idempotency_key: str,
    actor: Actor,
) -> Message:
    """Queue a message to a contact. The same key is the same message.

    Raises:
        NotFound: no such contact here. CannotBeWrittenTo: there is no address for it.
        DomainError: of `telephony.messaging.errors`; or an account that cannot be read.
    """
    with org_tx():
        contact = access_contact(contact_id)
        return send_message(
            org=org,
            channel=channel,
            to=_address(contact, channel),
            body=body.strip(),
            subject=" ".join(subject.split()),
            idempotency_key=f"to-contact:{contact.pk}:{channel}:{idempotency_key}",
            contact_id=contact.pk,
            by_person=True,
            purpose=PURPOSE,
            actor=actor,
        )


def _address(contact: Contact, channel: Channel) -> str:
    if channel == Channel.EMAIL:
        if not contact.email:
            raise CannotBeWrittenTo("There is no email address. Add one with Edit.")
        return contact.email
    if not contact.phone:
        raise CannotBeWrittenTo("There is no phone number. Add one with Edit.")
    if phonenumbers.number_type(phonenumbers.parse(contact.phone)) == phonenumbers.PhoneNumberType.FIXED_LINE:
        raise CannotBeWrittenTo("The number is a landline, which takes no texts. Call instead.")
    return contact.phone
