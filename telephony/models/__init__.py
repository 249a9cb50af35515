"""Numbers that patients call, messages to and from them, and the Twilio accounts that carry both."""

from telephony.models.accounts import ACCOUNT_SID_PATTERN, RepliesState, TwilioAccount
from telephony.models.messages import (
    TEXTS,
    Channel,
    Direction,
    Message,
    MessageStatus,
    OptOut,
    OptOutSource,
    ServiceProvider,
)
from telephony.models.numbers import NumberSource, NumberState, PhoneNumberMapping

__all__ = [
    "ACCOUNT_SID_PATTERN",
    "TEXTS",
    "Channel",
    "Direction",
    "Message",
    "MessageStatus",
    "NumberSource",
    "NumberState",
    "OptOut",
    "OptOutSource",
    "PhoneNumberMapping",
    "RepliesState",
    "ServiceProvider",
    "TwilioAccount",
]
