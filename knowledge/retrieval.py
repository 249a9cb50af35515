"""The one way to find passages: for a caller's question, the API, the page and the prompt alike."""

from knowledge.searching.question import Question, ask
from knowledge.searching.search import find_passages
from knowledge.settings import SETTINGS
from knowledge.types import Passage
from orgs.models import Organization
from orgs.scope import org_scope, org_tx


def retrieve(*, org: Organization, query: str, k: int = SETTINGS.max_chunks) -> list[Passage]:
    """The passages of switched-on documents that answer a question best, the best first; none when nothing fits.

    Asks an embedder, so no transaction may be open; a caller that has one to keep short uses the halves: `ask`
    before it, `find` within it.
    """
    with org_scope(org):
        question = ask(query=query)
        with org_tx():
            return find(question, k=k)


def find(question: Question, *, k: int = SETTINGS.max_chunks) -> list[Passage]:
    """What `retrieve` finds, for a question that has been asked already. Inside the organisation's transaction."""
    return find_passages(question, k=max(1, min(k, SETTINGS.max_chunks)))


__all__ = ["Question", "ask", "find", "retrieve"]
