"""What a call's page says of its value and its caller's score."""

from dataclasses import dataclass

from calls.models import Call
from contacts.models import LeadScore
from contacts.scores import latest_score
from orgs.models import Organization


@dataclass(frozen=True)
class NamedInCall:
    """A service that was named, at the price of that day."""

    name: str
    value_minor: int
    is_wanted: bool


@dataclass(frozen=True)
class Worth:
    """What a call may bring. The score is the caller's of today, which later calls have changed."""

    value_minor: int
    currency: str
    services: list[NamedInCall]
    has_contact: bool
    score: LeadScore | None

    @property
    def is_fallback(self) -> bool:
        """Whether the value is the clinic's own for calls in which nothing was named."""
        return bool(self.value_minor) and not self.services


def tell_worth(*, org: Organization, call: Call) -> Worth | None:
    """The value of a finished call and its caller's score; None while it goes on. One query at most."""
    if call.is_live:
        return None
    services = [
        NamedInCall(name=str(one["name"]), value_minor=int(one["value"]), is_wanted=bool(one["wanted"]))
        for one in call.matched_services
    ]
    return Worth(
        value_minor=call.financial_value or 0,
        currency=org.currency,
        services=services,
        has_contact=call.contact_id is not None,
        score=latest_score(call.contact_id) if call.contact_id else None,
    )
