"""Questions of the same meaning as one, the newest first. Inside org_tx."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from knowledge.questions.models import KnowledgeQuestion
from voxanne.cursors import Cursor
from voxanne.errors import NotFound

PAGE_SIZE = 25
MOST_SHOWN = 100
MOST_CALLS = 3


class QuestionState(StrEnum):
    """What became of a question."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


_STATES = {
    QuestionState.OPEN: Q(answered_document__isnull=True, dismissed_at__isnull=True),
    QuestionState.ANSWERED: Q(answered_document__isnull=False),
    QuestionState.DISMISSED: Q(answered_document__isnull=True, dismissed_at__isnull=False),
}


@dataclass(frozen=True)
class AskedIn:
    """A call in which it was asked."""

    call_id: UUID
    at: datetime


@dataclass(frozen=True)
class QuestionGroup:
    """Questions of one meaning and one state.

    Attributes:
        id: of the newest one, which stands for all.
        times: how often it was asked.
        calls: the newest calls in which it was asked.
        document_id, document_title: what answers it; None and "" where nothing does.
    """

    id: UUID
    text: str
    asked_at: datetime
    times: int
    calls: list[AskedIn]
    document_id: UUID | None
    document_title: str

    @property
    def other_calls(self) -> int:
        """How many more times it was asked than calls are listed."""
        return max(0, self.times - len(self.calls))


def of_state(state: QuestionState) -> QuerySet[KnowledgeQuestion]:
    """The questions in this state."""
    found: QuerySet[KnowledgeQuestion] = KnowledgeQuestion.objects.filter(_STATES[state])
    return found


def list_groups(
    *, state: QuestionState, after: Cursor | None = None, down_to: Cursor | None = None
) -> tuple[list[QuestionGroup], Cursor | None]:
    """A page of groups, and where the next begins; with `down_to` everything down to there. Two queries."""
    newest = of_state(state).annotate(place=_place(), times=Window(Count("id"), partition_by=[F("key")]))
    newest = newest.filter(place=1).select_related("answered_document").order_by("-asked_at", "-id")
    if after is not None:
        newest = newest.filter(Q(asked_at__lt=after.moment) | Q(asked_at=after.moment, id__lt=after.id))
    size = PAGE_SIZE
    if down_to is not None:
        newest, size = newest.filter(asked_at__gte=down_to.moment), MOST_SHOWN
    rows = list(newest[: size + 1])
    shown = rows[:size]
    last = shown[-1] if shown and (down_to is not None or len(rows) > size) else None
    calls = _calls([row.key for row in shown], state)
    groups = [_group(row, calls[row.key]) for row in shown]
    return groups, Cursor(moment=last.asked_at, id=last.pk) if last else None


def get_group(question_id: UUID) -> QuestionGroup:
    """The group of a question, in the question's own state. Two queries.

    Raises:
        NotFound: no such question here.
    """
    row: KnowledgeQuestion | None = (
        KnowledgeQuestion.objects.select_related("answered_document").filter(pk=question_id).first()
    )
    if row is None:
        raise NotFound("We could not find that question.")
    state = state_of(row)
    calls = _calls([row.key], state)[row.key]
    row.times = of_state(state).filter(key=row.key).count()  # type: ignore[attr-defined]
    return _group(row, calls)


def count_open(*, since: datetime | None = None) -> int:
    """How many open questions of different meaning there are, asked since then. One query."""
    found = of_state(QuestionState.OPEN)
    if since is not None:
        found = found.filter(asked_at__gte=since)
    return int(found.aggregate(count=Count("key", distinct=True))["count"])


def state_of(question: KnowledgeQuestion) -> QuestionState:
    """What became of this one."""
    if question.answered_document_id is not None:
        return QuestionState.ANSWERED
    return QuestionState.OPEN if question.dismissed_at is None else QuestionState.DISMISSED


def _place() -> Window:
    return Window(RowNumber(), partition_by=[F("key")], order_by=[F("asked_at").desc(), F("id").desc()])


def _calls(keys: Sequence[str], state: QuestionState) -> dict[str, list[AskedIn]]:
    rows = of_state(state).filter(key__in=keys).annotate(place=_place()).filter(place__lte=MOST_CALLS)
    calls: dict[str, list[AskedIn]] = defaultdict(list)
    for key, call_id, at in rows.order_by("-asked_at", "-id").values_list("key", "call_id", "asked_at"):
        if all(one.call_id != call_id for one in calls[key]):
            calls[key].append(AskedIn(call_id=call_id, at=at))
    return calls


def _group(row: KnowledgeQuestion, calls: list[AskedIn]) -> QuestionGroup:
    document = row.answered_document
    return QuestionGroup(
        id=row.pk,
        text=row.text,
        asked_at=row.asked_at,
        times=row.times,  # type: ignore[attr-defined]
        calls=calls,
        document_id=document.pk if document else None,
        document_title=document.title if document else "",
    )
