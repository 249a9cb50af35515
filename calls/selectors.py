"""What the call pages show, each with a constant number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from calls.models import UNKNOWN_CALLER, Call, CallType, Outcome, RecordingStatus
from contacts.models import Contact
from contacts.people import find_by_number
from contacts.phones import find_caller_number
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from voxanne.cursors import Cursor, Rank, decode_cursor, decode_rank, highest_first, newest_first, oldest_first
from voxanne.errors import NotFound
from voxanne.money import say_money, to_minor
from voxanne.search import digits_of

PAGE_SIZE = 25
MAX_SHOWN = 100
EXPORT_BATCH = 1000
SENTIMENTS = (("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative"))
VALUES = (500, 1000, 5000)
Place = Cursor | Rank

# What a list row and the recent calls need; transcripts and facts stay in the table.
_ROW_FIELDS = (
    "id", "org_id", "created_at", "caller_name", "phone_number", "call_type", "status", "outcome", "sentiment_label",
    "started_at", "duration_seconds", "financial_value", "recording_status",
)  # fmt: skip
_EXPORT_FIELDS = (*_ROW_FIELDS, "booking_confirmed", "matched_services", "outcome_summary")


class CallOrder(models.TextChoices):
    """In which order calls are listed. By length and by value only those that have one."""

    NEWEST = "newest", "Newest first"
    OLDEST = "oldest", "Oldest first"
    LONGEST = "longest", "Longest first"
    VALUE = "value", "Most valuable first"

    @property
    def column(self) -> str:
        """The number that ranks the calls; "" when time does."""
        return {CallOrder.LONGEST: "duration_seconds", CallOrder.VALUE: "financial_value"}.get(self, "")


@dataclass(frozen=True)
class CallFilters:
    """What the list is narrowed to, and its order; it stands in the address. `min_value` is in whole currency units."""

    q: str = ""
    outcome: str = ""
    direction: str = ""
    sentiment: str = ""
    since: date | None = None
    until: date | None = None
    min_value: int | None = None
    recording: str = ""
    sort: CallOrder = CallOrder.NEWEST

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed at all."""
        return any(value for name, value in vars(self).items() if name != "sort")

    @property
    def has_more(self) -> bool:
        """Whether anything is set of what the page keeps under "More filters"."""
        rest = (self.direction, self.sentiment, self.min_value, self.recording)
        return any(rest) or self.sort != CallOrder.NEWEST

    @property
    def names(self) -> list[str]:
        """Which filters are set, for the audit log: their values may name a patient."""
        return [field.name for field in fields(self) if field.name != "sort" and getattr(self, field.name)]

    def as_query(self) -> dict[str, str]:
        """For the address, without what is not set."""
        values = {name: str(value) for name, value in vars(self).items() if value and name != "sort"}
        return values if self.sort == CallOrder.NEWEST else values | {"sort": self.sort.value}

    def read_place(self, text: str) -> Place | None:
        """Where a page of this order begins, from an address.

        Raises:
            BadInput: it was not made for this order.
        """
        return decode_rank(text) if self.sort.column else decode_cursor(text)


@dataclass(frozen=True)
class CallPage:
    """One page of calls, and where the next begins."""

    rows: list[Call]
    next_cursor: Place | None


def list_calls(
    *,
    org: Organization,
    filters: CallFilters,
    after: Place | None = None,
    down_to: Place | None = None,
    size: int = PAGE_SIZE,
    columns: tuple[str, ...] = _ROW_FIELDS,
) -> CallPage:
    """A page of calls. With `down_to` everything before that row and it, for refreshing what is shown. One query."""
    query = Call.objects.filter(_matching(org, filters)).only(*columns)
    place: dict[str, Any] = {"after": after, "down_to": down_to, "size": size, "most": MAX_SHOWN}
    if filters.sort.column:
        return CallPage(*highest_first(query, by=filters.sort.column, **place))
    return CallPage(*(oldest_first if filters.sort == CallOrder.OLDEST else newest_first)(query, **place))


def iterate_calls(*, org: Organization, filters: CallFilters) -> Iterator[Call]:
    """Every call that matches, in its order, with what an export tells; a short transaction for each thousand.

    Nothing of it stays open between two calls: whoever reads slowly holds no transaction.
    """
    after: Place | None = None
    while True:
        with org_scope(org), org_tx():
            page = list_calls(org=org, filters=filters, after=after, size=EXPORT_BATCH, columns=_EXPORT_FIELDS)
        yield from page.rows
        after = page.next_cursor
        if after is None:
            return


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
    return find_by_number(find_caller_number(call.phone_number))


def _matching(org: Organization, filters: CallFilters) -> Q:
    condition = Q()
    if filters.q:
        condition &= _found_by(filters.q)
    for column, wanted, known in (
        ("outcome", filters.outcome, Outcome.values),
        ("call_type", filters.direction, CallType.values),
        ("sentiment_label", filters.sentiment, dict(SENTIMENTS)),
    ):
        if wanted in known:
            condition &= Q(**{column: wanted})
    if filters.since:
        condition &= Q(created_at__gte=_midnight(filters.since, org))
    if filters.until:
        condition &= Q(created_at__lt=_midnight(filters.until + timedelta(days=1), org))
    if filters.min_value is not None:
        condition &= Q(financial_value__gte=to_minor(filters.min_value, org.currency))
    if filters.recording:
        condition &= Q(recording_status=RecordingStatus.COMPLETED)
    return condition


def _found_by(typed: str) -> Q:
    """Calls of whoever's first or last name begins so, or whose number ends so."""
    if digits := digits_of(typed):
        return Q(phone_backwards__begins=digits[::-1])
    words = typed.strip().lower()
    return ~Q(caller_name=UNKNOWN_CALLER) & (Q(caller_key__begins=words) | Q(caller_last__begins=words))


def _midnight(day: date, org: Organization) -> datetime:
    return datetime.combine(day, time.min, tzinfo=org.zone)


def value_choices(org: Organization) -> list[tuple[int, str]]:
    """What the list's calls may be asked to be worth at least, in whole currency units, with its words."""
    rest = [(value, f"{say_money(to_minor(value, org.currency), org.currency)} or more") for value in VALUES]
    return [(1, "With a value"), *rest]


def outcome_choices() -> list[tuple[str, str]]:
    """The outcomes that the list can be narrowed to."""
    return [(value, str(label)) for value, label in Outcome.choices]
