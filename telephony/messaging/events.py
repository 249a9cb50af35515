"""What other rooms do with a message that came in, and with one whose fate is known.

They register in their `ready()`; nothing here imports them.
"""

from collections.abc import Callable

from orgs.models import Organization
from telephony.models import Message, MessageStatus

InboundHandler = Callable[[Organization, Message], bool]
SettledHandler = Callable[[Organization, Message], None]

# What a message can become that others act on.
TOLD = (MessageStatus.DELIVERED, MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.UNKNOWN)

_inbound: list[InboundHandler] = []
_settled: list[SettledHandler] = []


def on_inbound(handler: InboundHandler) -> None:
    """Have `handler(org, message)` asked about each text that comes in, inside the transaction that stores it.

    In order of registration; the first that answers True has taken it, and the others are not asked. STOP, START and
    HELP never get here. Raising undoes the storing, and Twilio's webhook is answered with an error.
    """
    if handler not in _inbound:
        _inbound.append(handler)


def on_settled(handler: SettledHandler) -> None:
    """Have `handler(org, message)` run inside the transaction in which a message's status becomes one of `TOLD`.

    `unknown` may be followed by another, once the provider can be asked.
    """
    if handler not in _settled:
        _settled.append(handler)


def offer_inbound(org: Organization, message: Message) -> bool:
    """Ask the handlers; whether one took it."""
    return any(handler(org, message) for handler in _inbound)


def announce_settled(org: Organization, message: Message) -> None:
    """Tell everybody who registered, when it is something to tell."""
    if message.status in TOLD:
        for handler in _settled:
            handler(org, message)
