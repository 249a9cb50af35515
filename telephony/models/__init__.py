"""Numbers that patients call, those that we buy, messages, and the Twilio accounts that carry them."""

from telephony.models.accounts import ACCOUNT_SID_PATTERN, RepliesState, TwilioAccount
from telephony.models.managed import ENDED, ManagedPhoneNumber, ManagedStatus, NumberType, TwilioSubaccount
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
    "ENDED",
    "TEXTS",
    "Channel",
    "Direction",
    "ManagedPhoneNumber",
    "ManagedStatus",
    "Message",
    "MessageStatus",
    "NumberSource",
    "NumberState",
    "NumberType",
    "OptOut",
    "OptOutSource",
    "PhoneNumberMapping",
    "RepliesState",
    "ServiceProvider",
    "TwilioAccount",
    "TwilioSubaccount",
]
