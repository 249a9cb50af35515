"""A caller's question that found nothing."""

from django.db import models
from django.db.models import Q

from orgs.tenancy import TenantForeignKey, TenantModel

LONGEST_TEXT = 500


class KnowledgeQuestion(TenantModel):
    """One question of one call, in the caller's words without identifiers.

    `key` is what questions of the same meaning share: see `knowledge.questions.wording`. `call_id` names a call
    without pointing at it, for calls stand above this room. An answer that is deleted opens its questions again.
    """

    text = models.CharField(max_length=LONGEST_TEXT)
    key = models.CharField(max_length=LONGEST_TEXT)
    asked_at = models.DateTimeField()
    call_id = models.UUIDField()
    tool_call_id = models.CharField(max_length=120)
    answered_document = TenantForeignKey(
        "knowledge.KnowledgeDocument", null=True, on_delete=models.SET_NULL, related_name="questions"
    )
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "knowledge_questions"
        constraints = [
            models.UniqueConstraint(fields=["org", "call_id", "tool_call_id"], name="knowledge_questions_asked_once"),
        ]
        indexes = [
            models.Index(fields=["org", "-asked_at", "-id"], name="knowledge_questions_recent_idx"),
            models.Index(
                fields=["org", "key", "-asked_at", "-id"],
                condition=Q(answered_document__isnull=True, dismissed_at__isnull=True),
                name="knowledge_questions_open_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"
