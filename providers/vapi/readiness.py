"""What must hold before Vapi is asked to call somebody. `VapiClient.create_outbound_call` begins with it."""

import re
from uuid import UUID

from voxanne.errors import DomainError

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


class OutboundCallNotReady(DomainError):
    """The call was not asked for, because Vapi could only have refused it or have called the wrong way."""

    code = "call_not_ready"
    http_status = 400
    message = "This call cannot be placed as it is."


def assert_outbound_call_ready(*, assistant_id: str, phone_number_id: str, customer_number: str) -> None:
    """Check that the three parts of an outbound call are what Vapi takes them for.

    Raises:
        OutboundCallNotReady: no assistant, a phone number where Vapi's id of it belongs, or no number to dial.
    """
    if not assistant_id.strip():
        raise OutboundCallNotReady("assistantId is missing")
    if phone_number_id.startswith("+"):
        raise OutboundCallNotReady("phoneNumberId cannot be an E.164 phone number (starts with +)")
    if not is_vapi_id(phone_number_id):
        raise OutboundCallNotReady("phoneNumberId must be a UUID")
    if not _E164.fullmatch(customer_number):
        raise OutboundCallNotReady("customer.number must be an E.164 phone number (+ country code and number)")


def is_vapi_id(text: str) -> bool:
    """Whether a text can be Vapi's id of something: a UUID in the usual spelling."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
