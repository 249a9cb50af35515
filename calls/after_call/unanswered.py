"""What the caller asked and nothing written answered."""

from calls.models import Call, ToolInvocation
from knowledge.questions.noting import Asked, note_unanswered
from orgs.models import Organization

KNOWLEDGE_TOOL = "getKnowledgeBase"


def note_questions(*, org: Organization, call: Call) -> None:
    """Have the clinic see what it has not written down. After redaction: the words are stored without identifiers.

    One query, and four more where something was asked in vain.
    """
    in_vain = ToolInvocation.objects.filter(
        call=call, tool_name=KNOWLEDGE_TOOL, succeeded=True, answer__content__found=False
    )
    rows = in_vain.order_by("created_at", "id").values_list("tool_call_id", "arguments__query", "created_at")
    asked = [Asked(tool_call_id=one, words=words, at=at) for one, words, at in rows if isinstance(words, str)]
    note_unanswered(org=org, call_id=call.pk, asked=asked)
