"""Noting what callers asked in vain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from knowledge.questions.models import LONGEST_TEXT, KnowledgeQuestion
from knowledge.questions.wording import choose_key, find_stems
from orgs.models import Organization
from voxanne.live import publish_on_commit

# Newer questions are compared with so many before them.
LOOK_BACK = 500


@dataclass(frozen=True)
class Asked:
    """A question that found nothing. Its words have no identifiers any more."""

    tool_call_id: str
    words: str
    at: datetime


def note_unanswered(*, org: Organization, call_id: UUID, asked: Sequence[Asked]) -> None:
    """Note a call's questions that found nothing. The same question of a call is noted once, however often this runs.

    Inside the caller's transaction. Four queries, none without questions.
    """
    said = {one.tool_call_id: one for one in asked if one.words.strip()}
    if not said:
        return
    noted = KnowledgeQuestion.objects.filter(call_id=call_id).values_list("tool_call_id", flat=True)
    for tool_call_id in noted:
        said.pop(tool_call_id, None)
    if not said:
        return
    new = list(said.values())
    keys = _keys([one.words for one in new])
    rows = [
        KnowledgeQuestion(
            org=org,
            text=" ".join(one.words.split())[:LONGEST_TEXT],
            key=key,
            asked_at=one.at,
            call_id=call_id,
            tool_call_id=one.tool_call_id,
        )
        for one, key in zip(new, keys, strict=True)
    ]
    KnowledgeQuestion.objects.bulk_create(rows, ignore_conflicts=True)
    publish_on_commit(org.pk, "question", id=call_id)


def _keys(texts: list[str]) -> list[str]:
    recent = KnowledgeQuestion.objects.order_by("-asked_at", "-id").values_list("key", flat=True)[:LOOK_BACK]
    known = dict.fromkeys(recent)
    keys = []
    for stems in find_stems(texts):
        key = choose_key(stems, known)[:LONGEST_TEXT]
        known[key] = None
        keys.append(key)
    return keys
