"""The words of one reminder, for one way to a patient."""

from dataclasses import dataclass

from credentials.errors import CredentialError
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from scheduling.models import Appointment, ReminderChannel, ReminderKind, ReminderSettings
from scheduling.reminders.choices import read_choices
from scheduling.reminders.invitations import invite
from scheduling.reminders.recipients import Reach
from scheduling.reminders.texts import facts_of, fill
from telephony.messaging import Attachment


@dataclass(frozen=True)
class Letter:
    """What is sent. A text message has no subject and nothing attached."""

    body: str
    subject: str = ""
    attachments: tuple[Attachment, ...] = ()


_MOVED = "Hello {name},\n\nyour appointment at {clinic} is now on {date} at {time}. Your reference is {reference}."
_CANCELLED = "Hello {name},\n\nyour appointment at {clinic} on {date} at {time} was cancelled."


def compose(org: Organization, visit: Appointment, way: Reach, *, kind: ReminderKind = ReminderKind.LEAD) -> Letter:
    """The clinic's words for this visit; an email brings the visit for the patient's calendar. Inside org_tx."""
    choices, facts = read_choices(org), facts_of(org, visit)
    if kind is ReminderKind.CALENDAR:
        text = _CANCELLED if visit.cancelled_at else _MOVED
    else:
        text = _text(choices, way.channel, is_confirmation=kind is ReminderKind.CONFIRMATION)
    body = fill(text, facts)
    if way.channel is ReminderChannel.SMS:
        return Letter(body)
    invitation = invite(org, visit, organizer=_own_address(org), attendee=way.to)
    return Letter(body, subject=fill(choices.email_subject, facts), attachments=(invitation.to_attachment(),))


def _text(choices: ReminderSettings, channel: ReminderChannel, *, is_confirmation: bool) -> str:
    if is_confirmation:
        return choices.confirmation_text
    return choices.sms_text if channel is ReminderChannel.SMS else choices.email_text


def _own_address(org: Organization) -> str:
    """The address the clinic writes from, "" when it has none."""
    try:
        return credential_service.get(org.pk, Provider.RESEND).from_email
    except CredentialError:
        return ""
