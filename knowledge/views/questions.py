"""What callers asked in vain: the list, an answer, and putting a question away."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge.forms import AnswerForm
from knowledge.questions import settling
from knowledge.questions.selectors import QuestionState, count_open, get_group, list_groups
from knowledge.views.faces import done, is_fragment, pages_of
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from voxanne.cursors import decode_cursor
from voxanne.errors import DomainError

LABELS = {QuestionState.OPEN: "Open", QuestionState.ANSWERED: "Answered", QuestionState.DISMISSED: "Dismissed"}
CHANGED = "questions-changed"


@require_safe
@require_permission("knowledge:read")
def questions(request: OrgRequest) -> HttpResponse:
    """Questions of one state, those of one meaning as one, the newest first."""
    here, state = reverse("knowledge:questions"), _state(request)
    after, shown = (decode_cursor(request.GET.get(name, "")) for name in ("cursor", "shown"))
    rows, following = list_groups(state=state, after=after, down_to=shown)
    query = {} if state == QuestionState.OPEN else {"show": state.value}
    context = {"rows": rows, "state": state.value, **pages_of(here, query, following)}
    if is_fragment(request):
        name = "knowledge/_question_rows.html" if after else "knowledge/_questions.html"
        return render(request, name, context)
    views = [
        (here if one == QuestionState.OPEN else f"{here}?show={one.value}", label, one == state)
        for one, label in LABELS.items()
    ]
    return render(request, "knowledge/questions.html", {**context, "views": views, "open_questions": count_open()})


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("knowledge:write")
def answer(request: OrgRequest, question_id: UUID) -> HttpResponse:
    """Write the answer down, as a text that is titled by the question."""
    group = get_group(question_id)
    if group.document_id is not None:
        return redirect("knowledge:document", group.document_id)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"title": group.text[:200]})
    if form.is_bound and form.is_valid():
        try:
            settling.answer_question(org=request.org, question_id=question_id, actor=request.actor, **form.cleaned_data)
        except DomainError as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Answered. Your assistant knows it in a moment.")
            return redirect("knowledge:questions")
    context = {
        "title": "Add an answer",
        "lead": f"Callers asked: “{group.text}”",
        "form": form,
        "submit": "Save the answer",
        "icon": "check",
        "back_url": reverse("knowledge:questions"),
        "back_words": "unanswered questions",
    }
    return render(request, "knowledge/write.html", context, status=422 if form.errors else 200)


@require_POST
@require_permission("knowledge:write")
def dismiss(request: OrgRequest, question_id: UUID) -> HttpResponse:
    """Put it away until it is asked again."""
    settling.dismiss_question(org=request.org, question_id=question_id, actor=request.actor)
    undo = {"url": reverse("knowledge:bring_back", args=[question_id]), "values": {}}
    words = "Dismissed. It comes back when it is asked again."
    return done(request, words, "knowledge:questions", changed=CHANGED, undo=undo)


@require_POST
@require_permission("knowledge:write")
def bring_back(request: OrgRequest, question_id: UUID) -> HttpResponse:
    """It was not to be dismissed after all."""
    settling.bring_back(org=request.org, question_id=question_id, actor=request.actor)
    return done(request, "The question is open again.", "knowledge:questions", changed=CHANGED)


def _state(request: OrgRequest) -> QuestionState:
    try:
        return QuestionState(request.GET.get("show", QuestionState.OPEN))
    except ValueError:
        return QuestionState.OPEN
