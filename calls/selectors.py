"""What the call pages show, each with a constant number of queries."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from calls.models import Call, CallType, Outcome
from contacts.models import Contact
from contacts.phones import find_caller_number
from orgs.models import Organization
from voxanne.cursors import Cursor, newest_first
from voxanne.errors import NotFound

PAGE_SIZE = 25
MAX_SHOWN = 100

# What a list row and the recent calls need; transcripts and facts stay in the table.
_ROW_FIELDS = (
    "id", "org_id", "created_at", "caller_name", "phone_number", "call_type", "status", "outcome", "sentiment_label",
    "started_at", "duration_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class CallFilters:
    """What the list is narrowed to; it stands in the address."""

    q: str = ""
    outcome: str = ""
    direction: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed at all."""
        return any((self.q, self.outcome, self.direction, self.since, self.until))

    def as_query(self) -> dict[str, str]:
        """For the address, without what is not set."""
        values = {
            "q": self.q,
            "outcome": self.outcome,
            "direction": self.direction,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class CallPage:
    """One page of calls, newest first, and where the next begins."""

    rows: list[Call]
    next_cursor: Cursor | None


def list_calls(
    *, org: Organization, filters: CallFilters, after: Cursor | None = None, down_to: Cursor | None = None
) -> CallPage:
    """A page of calls. With `down_to` everything as new as that row, for refreshing what is shown. One query."""
    query = Call.objects.filter(_matching(org, filters)).only(*_ROW_FIELDS)
    rows, following = newest_first(query, after=after, down_to=down_to, size=PAGE_SIZE, most=MAX_SHOWN)
    return CallPage(rows=rows, next_cursor=following)


def recent_calls(*, limit: int = 10) -> list[Call]:
    """The newest calls, live ones among them. One query."""
    return list(Call.objects.only(*_ROW_FIELDS).order_by("-created_at", "-id")[:limit])


def access_call(call_id: UUID) -> Call:
    """The organisation's call of that id.

    Raises:
        NotFound: it does not exist, or belongs to another organisation.
    """
    call = Call.objects.filter(pk=call_id).select_related("contact").defer("facts").first()
    if call is None:
        raise NotFound("We could not find that call.")
    return call


def find_caller(call: Call) -> Contact | None:
    """Who was on the line: the call's contact, else who has its number; None when withheld. At most one query."""
    if call.contact is not None:
        return call.contact
    number = find_caller_number(call.phone_number)
    found: Contact | None = Contact.objects.filter(phone=number).first() if number else None
    return found


def _matching(org: Organization, filters: CallFilters) -> Q:
    condition = Q()
    if filters.q:
        condition &= Q(caller_name__icontains=filters.q) | _number_like(filters.q)
    if filters.outcome in Outcome.values:
        condition &= Q(outcome=filters.outcome)
    if filters.direction in CallType.values:
        condition &= Q(call_type=filters.direction)
    if filters.since:
        condition &= Q(created_at__gte=_midnight(filters.since, org))
    if filters.until:
        condition &= Q(created_at__lt=_midnight(filters.until + timedelta(days=1), org))
    return condition


def _number_like(words: str) -> Q:
    """A number is found by any run of its digits; a national 0 in front stands for the country code."""
    digits = "".join(char for char in words if char.isdigit())
    if len(digits) < 3:
        return Q(pk__in=[])
    return Q(phone_number__contains=digits.removeprefix("0") if words.strip().startswith("0") else digits)


def _midnight(day: date, org: Organization) -> datetime:
    return datetime.combine(day, time.min, tzinfo=org.zone)


def outcome_choices() -> list[tuple[str, str]]:
    """The outcomes that the list can be narrowed to."""
    return [(value, str(label)) for value, label in Outcome.choices]
