"""What every caller may ask, taken from the documents into the agents' prompts: no tool has to be asked for it."""

from knowledge.context import excerpt, label_of
from knowledge.models import KnowledgeDocument
from knowledge.retrieval import Question, find
from knowledge.settings import SETTINGS
from orgs.models import Organization

# In the order in which they stand in the prompt. Each is looked up by its words: what a prompt says must not depend on
# whether an embedder answered, and a prompt is built inside a transaction.
ASKED_BY_EVERYBODY = (
    "address directions",
    "parking",
    "opening hours",
    "prices",
    "cancellation late",
    "payment deposit",
    "insurance",
)


def standing_facts(org: Organization) -> str:
    """The passages that answer what everybody asks, one a line; "" when none do. In the organisation's transaction.

    The same documents give the same text, so that prompts change with documents and never by themselves.
    """
    if not KnowledgeDocument.objects.filter(is_active=True, chunk_count__gt=0).exists():
        return ""
    lines: list[str] = []
    left, told = SETTINGS.standing_length, set()
    for query in ASKED_BY_EVERYBODY:
        passage = next((one for one in find(Question(query), k=2) if one.chunk_id not in told), None)
        if passage is None:
            continue
        told.add(passage.chunk_id)
        label = label_of(passage)
        line = f"- {label}{excerpt(passage.content, query=query, room=SETTINGS.standing_excerpt - len(label))}"
        if len(line) < left:
            lines.append(line)
            left -= len(line) + 1
    return "\n".join(lines)
