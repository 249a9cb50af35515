"""The pass with which the rehearsal room asks our tools: signed, short-lived, for one scenario of one rehearsal."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.core import signing

_SALT = "calls.rehearsals"
LIFETIME_S = 120


@dataclass(frozen=True)
class Pass:
    """What the bearer may do: have tools answer as in this scenario, and have it all undone.

    Attributes:
        claim: of the worker that rehearses; when it has lost the publication, the pass is worth nothing.
        day: on which the scenario takes place.
    """

    org_id: UUID
    publication_id: UUID
    claim: UUID
    scenario: str
    day: date


def write_pass(granted: Pass) -> str:
    """The pass as text for a header."""
    return signing.dumps({name: str(value) for name, value in asdict(granted).items()}, salt=_SALT)


def read_pass(text: str) -> Pass | None:
    """The pass in a text, or None when it is not ours or too old."""
    try:
        given = signing.loads(text, salt=_SALT, max_age=LIFETIME_S)
    except signing.BadSignature:
        return None
    return Pass(
        org_id=UUID(given["org_id"]),
        publication_id=UUID(given["publication_id"]),
        claim=UUID(given["claim"]),
        scenario=given["scenario"],
        day=date.fromisoformat(given["day"]),
    )
