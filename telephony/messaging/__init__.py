"""Texts and emails between the clinic and its people: `send_message` for the whole product.

`telephony.messaging.events` tells what came in and how sending went, `telephony.messaging.errors` why it may not go.
"""

from telephony.messaging.sending import send_message
from telephony.messaging.types import Attachment

__all__ = ["Attachment", "send_message"]
