"""How promising a contact is, and why."""

from dataclasses import dataclass

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from contacts.models.people import HOT_SCORE, WARM_SCORE, Contact, LeadTemperature
from orgs.tenancy import TenantForeignKey, TenantModel
from voxanne.clock import now


@dataclass(frozen=True)
class Reason:
    """One thing that made a score: how many points, and why in a few words for staff."""

    points: int
    why: str

    @property
    def points_taken(self) -> int:
        """How many points it costs."""
        return max(0, -self.points)


class LeadScore(TenantModel):
    """A contact's score as it was computed once, with its reasons. Computed anew without a change, it is the same row.

    `call` is the one after which it was computed; none when time alone or the team changed it. `reasons` is a list of
    `{"points", "why"}` that adds up to the score, before it is kept within 0 to 100.
    """

    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="scores")
    call = TenantForeignKey("calls.Call", null=True, on_delete=models.SET_NULL, related_name="lead_scores")
    score = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    reasons = models.JSONField(default=list)
    computed_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "lead_scores"
        constraints = [models.CheckConstraint(name="lead_scores_range", condition=Q(score__gte=0, score__lte=100))]
        indexes = [models.Index(fields=["org", "contact", "-computed_at", "-id"], name="lead_scores_org_newest_idx")]

    def __str__(self) -> str:
        return f"score {self.pk}"

    @property
    def temperature(self) -> LeadTemperature:
        """Hot, warm or cold."""
        if self.score >= HOT_SCORE:
            return LeadTemperature.HOT
        return LeadTemperature.WARM if self.score >= WARM_SCORE else LeadTemperature.COLD

    @property
    def why(self) -> list[Reason]:
        """The reasons, the weightiest first."""
        found = [Reason(points=int(reason["points"]), why=str(reason["why"])) for reason in self.reasons]
        return sorted(found, key=lambda reason: -abs(reason.points))
