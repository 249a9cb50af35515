"""What staff do with a question: answer it, dismiss it, bring it back. Each done twice is done once."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from knowledge.documents import add_text
from knowledge.models import KnowledgeDocument
from knowledge.questions.models import KnowledgeQuestion
from knowledge.questions.selectors import QuestionState, of_state
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from voxanne.clock import now
from voxanne.errors import NotFound
from voxanne.live import publish_on_commit


def answer_question(*, org: Organization, question_id: UUID, title: str, text: str, actor: Actor) -> KnowledgeDocument:
    """Write the answer down as a document; the questions of the same meaning are answered by it.

    Asked again and found nothing, the question comes back as a new one.

    Raises:
        NotFound: no such question here.
    """
    with org_tx():
        question = _lock(question_id)
        if question.answered_document is not None:
            return question.answered_document
        document = add_text(org=org, title=title, text=text, actor=actor)
        _alike(question).update(answered_document=document, dismissed_at=None, updated_at=now())
        audit.record(actor, "knowledge.question_answered", question, document=str(document.pk))
        publish_on_commit(org.pk, "question", id=question.pk)
    return document


def dismiss_question(*, org: Organization, question_id: UUID, actor: Actor) -> datetime:
    """Put it and its like away until it is asked again; returns the moment, by which `bring_back` knows them.

    Raises:
        NotFound: no such question here.
    """
    with org_tx():
        question = _lock(question_id)
        moment = question.dismissed_at or now()
        if question.dismissed_at is None:
            of_state(QuestionState.OPEN).filter(key=question.key).update(dismissed_at=moment, updated_at=now())
            audit.record(actor, "knowledge.question_dismissed", question)
            publish_on_commit(org.pk, "question", id=question.pk)
    return moment


def bring_back(*, org: Organization, question_id: UUID, actor: Actor) -> KnowledgeQuestion:
    """Open again what was dismissed together with this question.

    Raises:
        NotFound: no such question here.
    """
    with org_tx():
        question = _lock(question_id)
        if question.dismissed_at is not None:
            put_away = KnowledgeQuestion.objects.filter(key=question.key, dismissed_at=question.dismissed_at)
            put_away.update(dismissed_at=None, updated_at=now())
            audit.record(actor, "knowledge.question_reopened", question)
            publish_on_commit(org.pk, "question", id=question.pk)
    return question


def _lock(question_id: UUID) -> KnowledgeQuestion:
    found: KnowledgeQuestion | None = KnowledgeQuestion.objects.select_for_update().filter(pk=question_id).first()
    if found is None:
        raise NotFound("We could not find that question.")
    return found


def _alike(question: KnowledgeQuestion) -> QuerySet[KnowledgeQuestion]:
    """All of the same meaning that nothing answers, put away or not."""
    found: QuerySet[KnowledgeQuestion] = KnowledgeQuestion.objects.filter(
        key=question.key, answered_document__isnull=True
    )
    return found
