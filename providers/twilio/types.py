"""What Twilio tells about an account."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TwilioAccount:
    """An account. `status` is `active`, `suspended` or `closed`."""

    sid: str
    friendly_name: str
    status: str


@dataclass(frozen=True)
class TwilioNumber:
    """A number that belongs to the account. `capabilities` are among `voice`, `sms`, `mms`, `fax`."""

    sid: str
    number: str
    capabilities: frozenset[str]


@dataclass(frozen=True)
class TwilioCallerId:
    """Somebody else's number that the account may show as the caller. Only verified ones are ever listed."""

    sid: str
    number: str
    friendly_name: str


@dataclass(frozen=True)
class TwilioMessage:
    """A message as it was accepted; what becomes of it arrives later."""

    sid: str
    status: str
