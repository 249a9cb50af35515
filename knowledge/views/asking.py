"""Asking the knowledge base as a caller would."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from knowledge.context import context_of
from knowledge.forms import AskForm
from knowledge.questions.selectors import count_open
from knowledge.retrieval import retrieve
from knowledge.types import MatchedBy, Passage
from knowledge.views.faces import is_fragment
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from orgs.scope import org_tx

_BY = {
    MatchedBy.LEXICAL: "Found by its words",
    MatchedBy.VECTOR: "Found by its meaning",
    MatchedBy.BOTH: "Found by words and meaning",
}
# From which score on a match is strong, and good. Words are scored by how much of the question they cover, meaning by
# the cosine of two vectors, which is seldom near 1; what both found is good at least.
_STRONG_AND_GOOD = {MatchedBy.LEXICAL: (0.8, 0.6), MatchedBy.VECTOR: (0.65, 0.5), MatchedBy.BOTH: (0.7, 0.0)}


@dataclass(frozen=True)
class Hit:
    """A passage, its score as a word, and the headings above it that are not the document's title again."""

    passage: Passage
    words: str
    tone: str
    by: str
    headings: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@opens_own_transactions
@require_permission("knowledge:read", post="knowledge:read")
def ask(request: OrgRequest) -> HttpResponse:
    """The form, and what the assistant would be given. By POST, so that no question stands in an address."""
    form = AskForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data["query"]
        found = retrieve(org=request.org, query=asked)
        context |= {"asked": asked, "hits": [_hit(one) for one in found]}
        context["given"] = context_of(found, query=asked)
    status = 422 if form.errors else 200
    with org_tx():
        if is_fragment(request):
            return render(request, "knowledge/_answer.html", context, status=status)
        return render(request, "knowledge/ask.html", {**context, "open_questions": count_open()}, status=status)


def _hit(passage: Passage) -> Hit:
    strong, good = _STRONG_AND_GOOD[passage.matched_by]
    words, tone = "Weak match", "neutral"
    if passage.score >= good:
        words, tone = "Good match", "primary"
    if passage.score >= strong:
        words, tone = "Strong match", "success"
    headings = [one for one in passage.heading_path if one != passage.document_title]
    return Hit(passage=passage, words=words, tone=tone, by=_BY[passage.matched_by], headings=headings)
