"""What Twilio tells about an account."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class TwilioAccount:
    """An account. `status` is `active`, `suspended` or `closed`."""

    sid: str
    friendly_name: str
    status: str


@dataclass(frozen=True)
class TwilioNumber:
    """A number that belongs to the account. `capabilities` are among `voice`, `sms`, `mms`, `fax`.

    `sms_url` is where Twilio posts what people text to it, `name` what it is called there.
    """

    sid: str
    number: str
    capabilities: frozenset[str]
    sms_url: str = ""
    name: str = ""


@dataclass(frozen=True)
class NumberWish:
    """What somebody looks for among the numbers for sale.

    Attributes:
        country: two letters.
        kind: `local`, `mobile` or `toll_free`.
        area_code: three digits, North America only; "" for any.
        contains: 2 to 16 digits or letters, `*` for any one; "" for any.
        takes_texts: only numbers that take texts too.
    """

    country: str
    kind: str = "local"
    area_code: str = ""
    contains: str = ""
    takes_texts: bool = False


@dataclass(frozen=True)
class NumberOffer:
    """A number for sale. `address_requirements` is `none`, `any`, `local` or `foreign`."""

    number: str
    country: str
    kind: str
    place: str
    capabilities: frozenset[str]
    address_requirements: str


@dataclass(frozen=True)
class Subaccount:
    """A subaccount. Its token is a secret."""

    sid: str
    auth_token: str = field(repr=False)
    status: str


@dataclass(frozen=True)
class TwilioCallerId:
    """Somebody else's number that the account may show as the caller. Only verified ones are ever listed."""

    sid: str
    number: str
    friendly_name: str


@dataclass(frozen=True)
class TwilioVerification:
    """A call that Twilio makes to a number, and the digits that whoever answers it must key in to prove the number.

    Twilio tells the digits here and nowhere else, least of all on the phone. There is nothing to look up later: a
    number that is proved is among the caller IDs.
    """

    call_sid: str
    code: str


@dataclass(frozen=True)
class TwilioMessage:
    """A message as Twilio has it at the moment; what becomes of it arrives later.

    Attributes:
        status: Twilio's word, from `queued` to `delivered` or `failed`.
        segments: how many parts it was cut into, 0 while Twilio does not say.
        error_code: Twilio's number for what went wrong, "" when nothing did.
    """

    sid: str
    status: str
    to: str = ""
    sender: str = ""
    body: str = ""
    created_at: datetime | None = None
    segments: int = 0
    error_code: str = ""
