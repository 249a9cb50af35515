"""What goes into a message and out of an attempt to send it."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from orgs.models import Organization
from telephony.models import Message


@dataclass(frozen=True)
class Attachment:
    """A text file for an email: an appointment as `text/calendar`, a transcript."""

    filename: str
    content_type: str
    content: str

    def to_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Problem:
    """A provider's code, and a sentence for staff: what happened, then what to do."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Held:
    """A message that this worker alone looks after until its claim runs out."""

    org: Organization
    message: Message


class Outcome(StrEnum):
    """What became of one look at a message."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    AGAIN = "again"
    WAITS = "waits"
    BUSY = "busy"
