"""How a patient can be reached: by text where the number may be a mobile one, else by email."""

from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from contacts.models import Contact
from scheduling.models import ReminderChannel

# Everything else may be a mobile number: countries such as the US do not tell them apart.
_NOT_MOBILE = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
    PhoneNumberType.PAGER,
}

NO_CONTACT = "Nobody's number or address is known for this visit."
NO_NUMBER = "There is no phone number."
LANDLINE = "The number is a landline, which takes no texts."
OPTED_OUT = "The patient asked for no more texts."
NO_EMAIL = "There is no email address."


@dataclass(frozen=True)
class Reach:
    """One way to somebody: an address, or why there is none."""

    channel: ReminderChannel
    to: str = ""
    obstacle: str = ""


def ways_to(contact: Contact | None, *, first: ReminderChannel) -> list[Reach]:
    """Both ways, the wished one first."""
    ways = [_by_sms(contact), _by_email(contact)]
    return ways if first is ReminderChannel.SMS else ways[::-1]


def way_by(contact: Contact | None, channel: ReminderChannel) -> Reach:
    """One way."""
    return ways_to(contact, first=channel)[0]


def _by_sms(contact: Contact | None) -> Reach:
    if contact is None:
        return Reach(ReminderChannel.SMS, obstacle=NO_CONTACT)
    if not contact.phone:
        return Reach(ReminderChannel.SMS, obstacle=NO_NUMBER)
    if contact.opted_out_at is not None:
        return Reach(ReminderChannel.SMS, obstacle=OPTED_OUT)
    if phonenumbers.number_type(phonenumbers.parse(contact.phone)) in _NOT_MOBILE:
        return Reach(ReminderChannel.SMS, obstacle=LANDLINE)
    return Reach(ReminderChannel.SMS, to=contact.phone)


def _by_email(contact: Contact | None) -> Reach:
    if contact is None:
        return Reach(ReminderChannel.EMAIL, obstacle=NO_CONTACT)
    return Reach(ReminderChannel.EMAIL, to=contact.email, obstacle="" if contact.email else NO_EMAIL)
