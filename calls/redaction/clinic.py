"""What one clinic wants left out, and which numbers are no secret in its calls."""

from dataclasses import dataclass

from calls.ingress.messages import Message
from calls.models import Call
from calls.redaction.texts import Discretion
from orgs.models import IntegrationSettings, Organization
from telephony.models import PhoneNumberMapping


@dataclass(frozen=True)
class ClinicRules:
    """What holds for every call of a clinic."""

    numbers: tuple[str, ...]
    terms: tuple[str, ...]

    def for_message(self, message: Message) -> Discretion:
        """By the message alone and the clinic, so that a call's messages may come in any order."""
        caller = message.customer.get("number")
        return self._with(caller if isinstance(caller, str) else "", message.called_number)

    def for_call(self, call: Call) -> Discretion:
        """The same for a call that is stored."""
        return self._with(call.phone_number, call.from_number, call.to_number)

    def _with(self, *numbers: str) -> Discretion:
        known = frozenset(number for number in (*numbers, *self.numbers) if number)
        return Discretion(known_numbers=known, terms=self.terms)


def rules_of(org: Organization) -> ClinicRules:
    """Inside the open transaction; two queries."""
    settings = IntegrationSettings.objects.for_org(org.pk).first() or IntegrationSettings(org=org)
    lines = PhoneNumberMapping.objects.for_org(org.pk).values_list("phone_number", flat=True)
    numbers = [*lines, org.phone, settings.transfer_phone_number, *settings.transfer_departments.values()]
    return ClinicRules(
        numbers=tuple(str(number) for number in numbers if number),
        terms=tuple(str(term) for term in settings.health_terms),
    )
