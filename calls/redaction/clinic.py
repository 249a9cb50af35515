"""What one clinic wants left out, and which numbers are no secret in its calls."""

from calls.ingress.messages import Message
from calls.models import Call
from calls.redaction.texts import Discretion
from orgs.models import IntegrationSettings, Organization
from telephony.models import PhoneNumberMapping


def discretion_for_message(*, org: Organization, message: Message) -> Discretion:
    """By the message alone and the clinic's settings, so that a call's messages may come in any order. Two queries."""
    caller = message.customer.get("number")
    return _discretion(org, [caller if isinstance(caller, str) else "", message.called_number])


def discretion_for_call(*, org: Organization, call: Call) -> Discretion:
    """The same for a call that is stored. Two queries."""
    return _discretion(org, [call.phone_number, call.from_number, call.to_number])


def _discretion(org: Organization, in_the_call: list[str]) -> Discretion:
    """Inside the open transaction."""
    settings = IntegrationSettings.objects.for_org(org.pk).first() or IntegrationSettings(org=org)
    lines = PhoneNumberMapping.objects.for_org(org.pk).values_list("phone_number", flat=True)
    numbers = [
        *in_the_call, *lines, org.phone, settings.transfer_phone_number, *settings.transfer_departments.values(),
    ]  # fmt: skip
    return Discretion(
        known_numbers=frozenset(str(number) for number in numbers if number),
        terms=tuple(str(term) for term in settings.health_terms),
    )
