"""What the page of messages shows, with a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from telephony.messaging.sending_again import note_what_may_be_sent_again
from telephony.models import Channel, Direction, Message, MessageStatus, RepliesState, TwilioAccount
from voxanne.cursors import Cursor, newest_first
from voxanne.search import digits_of

PAGE_SIZE = 25
MAX_SHOWN = 100
FEW_PEOPLE = 200

# What people tell apart; a chip each.
GROUPS: dict[str, tuple[str, tuple[MessageStatus, ...]]] = {
    "waiting": ("Waiting", (MessageStatus.QUEUED, MessageStatus.SENDING)),
    "sent": ("Sent", (MessageStatus.SENT,)),
    "delivered": ("Delivered", (MessageStatus.DELIVERED,)),
    "failed": ("Failed", (MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.COMPLAINED)),
    "unknown": ("Being checked", (MessageStatus.UNKNOWN,)),
    "received": ("Received", (MessageStatus.RECEIVED,)),
}
_ROW_FIELDS = (
    "id", "org_id", "created_at", "direction", "method", "recipient", "subject", "content", "media_count", "status",
    "error", "purpose", "call_id", "contact__id", "contact__org_id", "contact__name",
)  # fmt: skip


@dataclass(frozen=True)
class MessageFilters:
    """What the list is narrowed to; it stands in the address."""

    q: str = ""
    channel: str = ""
    direction: str = ""
    status: str = ""

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed at all."""
        return any((self.q, self.channel, self.direction, self.status))

    def as_query(self) -> dict[str, str]:
        """For the address, without what is not set."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class MessagePage:
    """One page of messages, newest first, and where the next begins."""

    rows: list[Message]
    next_cursor: Cursor | None


def list_messages(
    *, filters: MessageFilters, after: Cursor | None = None, down_to: Cursor | None = None
) -> MessagePage:
    """A page of messages. With `down_to` everything as new as that row, for refreshing what is shown. Two queries."""
    query = Message.objects.filter(_matching(filters)).select_related("contact").only(*_ROW_FIELDS)
    rows, following = newest_first(query, after=after, down_to=down_to, size=PAGE_SIZE, most=MAX_SHOWN)
    note_what_may_be_sent_again(rows)
    return MessagePage(rows=rows, next_cursor=following)


def recent_messages(*, limit: int) -> list[Message]:
    """The newest texts and emails, both ways. One query."""
    query = Message.objects.select_related("contact").only(*_ROW_FIELDS)
    return list(query.order_by("-created_at", "-id")[:limit])


def count_failed(*, since: datetime) -> int:
    """How many messages of that time did not arrive. One query."""
    return int(Message.objects.filter(status__in=GROUPS["failed"][1], created_at__gte=since).count())


def list_deaf_numbers() -> list[TwilioAccount]:
    """The numbers whose replies do not reach the clinic here. One query."""
    deaf = (RepliesState.ELSEWHERE, RepliesState.FAILED)
    return list(TwilioAccount.objects.filter(replies__in=deaf, replies_due_at=None).order_by("phone_number")[:5])


def channel_choices() -> list[tuple[str, str]]:
    """The channels, for the filter."""
    return list(Channel.choices)


def direction_choices() -> list[tuple[str, str]]:
    """Both ways, for the filter."""
    return list(Direction.choices)


def status_choices() -> list[tuple[str, str]]:
    """The groups of states, for the filter."""
    return [(name, label) for name, (label, _) in GROUPS.items()]


def _matching(filters: MessageFilters) -> Q:
    query = Q()
    if filters.channel in Channel.values:
        query &= Q(method=filters.channel)
    if filters.direction in Direction.values:
        query &= Q(direction=filters.direction)
    if filters.status in GROUPS:
        query &= Q(status__in=GROUPS[filters.status][1])
    if filters.q:
        query &= _found_by(filters.q)
    return query


def _found_by(typed: str) -> Q:
    """Messages to or from whoever's first or last name or email begins so, or whose number ends so.

    A name that few have is looked up first: then an index finds their messages. Of one that many have, the newest
    messages are soon found by looking through them. One query.
    """
    if digits := digits_of(typed):
        return Q(recipient_backwards__begins=digits[::-1])
    words = typed.strip().lower()
    people: Any = Message._meta.get_field("contact").related_model
    named = people.objects.filter(Q(name_key__begins=words) | Q(last_key__begins=words))
    few = list(named.values_list("pk", flat=True)[: FEW_PEOPLE + 1])
    by_name = Q(contact_id__in=few)
    if len(few) > FEW_PEOPLE:
        by_name = Q(contact__name_key__begins=words) | Q(contact__last_key__begins=words)
    return by_name | Q(method=Channel.EMAIL, recipient_key__begins=words)
