"""Numbers that patients call and those we buy, lines that forward, messages, and the Twilio accounts behind them."""

from telephony.models.accounts import ACCOUNT_SID_PATTERN, RepliesState, TwilioAccount
from telephony.models.forwarding import (
    Carrier,
    ForwardingStatus,
    ForwardingType,
    HybridForwardingConfig,
    VerificationStatus,
    VerifiedCallerId,
)
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
from telephony.models.trial_calls import TrialCall, TrialState

__all__ = [
    "ACCOUNT_SID_PATTERN",
    "ENDED",
    "TEXTS",
    "Carrier",
    "Channel",
    "Direction",
    "ForwardingStatus",
    "ForwardingType",
    "HybridForwardingConfig",
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
    "TrialCall",
    "TrialState",
    "TwilioAccount",
    "TwilioSubaccount",
    "VerificationStatus",
    "VerifiedCallerId",
]
