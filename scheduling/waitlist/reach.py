"""Whether somebody who waits can be texted at all."""

import phonenumbers
from phonenumbers import PhoneNumberType

from contacts.models import Contact
from orgs.models import Organization
from telephony.messaging.accounts import twilio_account
from telephony.models import Channel
from voxanne.errors import DomainError

# Everything else may be a mobile: many countries do not tell them apart.
_NO_TEXTS = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)
NO_NUMBER = "We have no number of theirs."
NO_MOBILE = "Their number cannot receive texts."
OPTED_OUT = "They asked for no more messages."
BLOCKED = "They are blocked."


def takes_texts(number: str) -> bool:
    """Whether a number in E.164 may be one that receives texts; "" is none."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) not in _NO_TEXTS
    except phonenumbers.NumberParseException:
        return False


def why_unreachable(contact: Contact) -> str:
    """Why a contact cannot be texted, as staff read it; "" when they can."""
    if contact.blocked_at is not None:
        return BLOCKED
    if contact.opted_out_at is not None:
        return OPTED_OUT
    if not contact.phone:
        return NO_NUMBER
    return "" if takes_texts(contact.phone) else NO_MOBILE


def why_no_texts(org: Organization) -> str:
    """Why the clinic cannot text anybody, as staff read it; "" when it can. Inside org_tx."""
    try:
        twilio_account(org=org, agent_id=None, channel=Channel.SMS)
    except DomainError as missing:
        return missing.message
    return ""


def can_be_texted(org: Organization, contact: Contact) -> bool:
    """Whether a text from the clinic would reach a contact, as far as anybody knows. Inside org_tx."""
    return not why_unreachable(contact) and not why_no_texts(org)
