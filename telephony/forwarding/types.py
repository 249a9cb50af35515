"""What the rest of the product gets to see of lines and their codes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from telephony.models import Carrier, ForwardingType


@dataclass(frozen=True)
class Code:
    """Something to key in, and what it does in a few words."""

    code: str
    does: str


@dataclass(frozen=True)
class ForwardingCodes:
    """What to key in on one network for one choice.

    Attributes:
        activation, deactivation: as they are stored, the agent's number in E.164 with its `+`.
        dial_sequence, off_sequence: the same as this network takes them; what a page leads with.
        alternatives: to try, in this order, when the phone refuses the first.
        extras: other calls that can be passed on as well, and codes that ask the network what is set.
        ring_seconds_used: how long the line rings first, as the code says it; None where the code says nothing of it.
        notes: sentences that a person should read before dialling.
    """

    activation: str
    deactivation: str
    dial_sequence: str
    off_sequence: str
    alternatives: tuple[Code, ...] = ()
    extras: tuple[Code, ...] = ()
    ring_seconds_used: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForwardingChoice:
    """What somebody chose for a line, before it is checked.

    Attributes:
        network: a key of the carrier catalogue; "" leaves it to `carrier` and the country.
        country: of the carrier, ISO 3166-1; "" for that of the line.
        forwarding_number: which of the organisation's numbers the line leads to; "" for the one that suggests itself.
        ring_seconds: 5 to 60; None for the usual 25.
    """

    forwarding_type: ForwardingType | str
    carrier: Carrier | str = ""
    network: str = ""
    country: str = ""
    forwarding_number: str = ""
    ring_seconds: int | None = None


@dataclass(frozen=True)
class StartedVerification:
    """What an initiation came to.

    Attributes:
        call_sid: Twilio's name of the call, "" when Twilio knew the number already and called nobody.
        code: six digits, shown this once; "" when Twilio knew the number already, which is verified then.
        expires_at: until when the code can be confirmed.
    """

    verification_id: UUID
    call_sid: str = ""
    code: str = ""
    expires_at: datetime | None = None

    @property
    def is_verified_already(self) -> bool:
        return not self.code


@dataclass(frozen=True)
class VerificationState:
    """How far one verification is, for whoever waits.

    Attributes:
        status: `pending`, `verified`, `failed` or `expired`.
        is_confirmed_by_twilio: the code was keyed in on the phone; only the wizard's half is missing.
        has_call_failed: Twilio's call ended without the code.
    """

    verification_id: UUID
    phone_number: str
    status: str
    attempts_left: int
    expires_at: datetime | None
    locked_until: datetime | None
    is_confirmed_by_twilio: bool
    has_call_failed: bool


@dataclass(frozen=True)
class Line:
    """A verified line in a list, and its forwarding where it has one.

    Attributes:
        leads_nowhere: it forwards to a number that is not the organisation's any more.
    """

    id: UUID
    phone_number: str
    friendly_name: str
    status: str
    verified_at: datetime | None
    forwarding_id: UUID | None
    forwarding_status: str
    forwarding_type: str
    carrier: str
    forwarding_number: str
    seen_working_at: datetime | None
    leads_nowhere: bool = False

    @property
    def has_forwarding(self) -> bool:
        return self.forwarding_id is not None
