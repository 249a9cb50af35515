"""What the page of leads shows and the API lists, with a constant number of queries. Inside org_tx."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import Max, Q

from contacts.lead_order import LeadCursor, LeadSort, best_first
from contacts.models import HOT_SCORE, WARM_SCORE, Contact, LeadStatus, LeadTemperature
from orgs.scope import current_org_id
from voxanne.search import digits_of

PAGE_SIZE = 25
MAX_SHOWN = 100

# What a row needs; notes and custom fields stay in the table.
_ROW_FIELDS = (
    "id", "org_id", "created_at", "name", "phone", "email", "lead_status", "lead_score", "lead_temperature",
    "last_contacted_at", "blocked_at", "opted_out_at",
)  # fmt: skip
# By score rather than by the word for it: an index knows scores.
_SCORES = {
    LeadTemperature.HOT.value: Q(lead_score__gte=HOT_SCORE),
    LeadTemperature.WARM.value: Q(lead_score__gte=WARM_SCORE, lead_score__lt=HOT_SCORE),
    LeadTemperature.COLD.value: Q(lead_score__lt=WARM_SCORE),
}
# Bare counts of three ranges take half of what three conditions on every row do.
_COUNT = """
SELECT (SELECT count(*) FROM contacts WHERE org_id = %(org)s::uuid AND lead_score >= %(hot)s),
       (SELECT count(*) FROM contacts
        WHERE org_id = %(org)s::uuid AND lead_score >= %(warm)s AND lead_score < %(hot)s),
       (SELECT count(*) FROM contacts WHERE org_id = %(org)s::uuid AND lead_score < %(warm)s)
"""


@dataclass(frozen=True)
class LeadFilters:
    """What the list is narrowed to, and in which order; it stands in the address."""

    q: str = ""
    stage: str = ""
    temperature: str = ""
    sort: LeadSort = LeadSort.SCORE

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed at all."""
        return any((self.q, self.stage, self.temperature))

    def as_query(self) -> dict[str, str]:
        """For the address, without what is not set."""
        order = "" if self.sort == LeadSort.SCORE else self.sort.value
        values = {"q": self.q, "stage": self.stage, "temperature": self.temperature, "sort": order}
        return {name: value for name, value in values.items() if value}

    @property
    def as_address(self) -> str:
        """The query of an address, with its question mark; "" when nothing is set."""
        query = self.as_query()
        return f"?{urlencode(query)}" if query else ""


@dataclass(frozen=True)
class LeadRow:
    """A contact as lists show it.

    Attributes:
        worth: what their most valuable call was about, in the organisation's minor units; None when nothing is known.
    """

    contact: Contact
    worth: int | None


@dataclass(frozen=True)
class LeadPage:
    """One page, and where the next begins."""

    rows: list[LeadRow]
    next_cursor: LeadCursor | None


@dataclass(frozen=True)
class LeadStats:
    """How many contacts there are, by temperature."""

    total: int
    hot: int
    warm: int
    cold: int


def list_leads(
    *,
    filters: LeadFilters,
    after: LeadCursor | None = None,
    down_to: LeadCursor | None = None,
    size: int = PAGE_SIZE,
) -> LeadPage:
    """A page of contacts. With `down_to` everything down to that row, for refreshing what is shown. Two queries."""
    contacts = Contact.objects.filter(matching(filters)).only(*_ROW_FIELDS)
    shown, following = best_first(contacts, sort=filters.sort, after=after, down_to=down_to, size=size, most=MAX_SHOWN)
    worths = find_worths([contact.pk for contact in shown])
    return LeadPage(rows=[LeadRow(one, worths.get(one.pk)) for one in shown], next_cursor=following)


def list_contacts(
    *, filters: LeadFilters, after: LeadCursor | None = None, size: int = PAGE_SIZE
) -> tuple[list[Contact], LeadCursor | None]:
    """A page of whole contacts, and where the next begins. One query."""
    contacts = Contact.objects.filter(matching(filters))
    return best_first(contacts, sort=filters.sort, after=after, size=size, most=MAX_SHOWN)


def find_worths(contact_ids: list[UUID]) -> dict[UUID, int]:
    """What the most valuable call of each of these contacts was about. One query."""
    if not contact_ids:
        return {}
    valued = Contact.objects.filter(pk__in=contact_ids).annotate(worth=Max("calls__financial_value"))
    return {row: worth for row, worth in valued.values_list("pk", "worth") if worth is not None}


def lead_stats() -> LeadStats:
    """The counts. One query, which an index of scores answers alone."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"org": current_org_id(), "hot": HOT_SCORE, "warm": WARM_SCORE})
        hot, warm, cold = cursor.fetchone()
    return LeadStats(total=hot + warm + cold, hot=hot, warm=warm, cold=cold)


def matching(filters: LeadFilters) -> Q:
    """The contacts that the filters let through."""
    condition = Q()
    if filters.stage in LeadStatus.values:
        condition &= Q(lead_status=filters.stage)
    if filters.temperature in _SCORES:
        condition &= _SCORES[filters.temperature]
    if filters.q:
        condition &= found_by(filters.q)
    return condition


def found_by(typed: str) -> Q:
    """Those whose first or last name or email begins so, or whose number ends so."""
    if digits := digits_of(typed):
        return Q(phone_backwards__begins=digits[::-1])
    words = typed.strip().lower()
    return Q(name_key__begins=words) | Q(last_key__begins=words) | Q(email_key__begins=words)
