"""The days of a clinic's phone, counted once."""

from django.db import models
from django.db.models import F, Q

from orgs.tenancy import TenantModel


class CallDay(TenantModel):
    """One finished day of a clinic's phone, counted once: what `call_logs` says of the calls that began within it.

    The day is the clinic's own, from `starts_at` until `ends_at` in `zone`. There is a row only while it is right: a
    trigger deletes it when a call of that day is changed, added or deleted. A day without a row is counted anew, and
    one without calls has none. `value_minor` is in the clinic's currency's minor units.
    """

    day = models.DateField()
    zone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    calls = models.PositiveIntegerField()
    inbound = models.PositiveIntegerField()
    booked = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    seconds = models.PositiveBigIntegerField()
    timed = models.PositiveIntegerField()
    positive = models.PositiveIntegerField()
    negative = models.PositiveIntegerField()
    rated = models.PositiveIntegerField()
    value_minor = models.PositiveBigIntegerField()

    class Meta:
        db_table = "call_days"
        constraints = [
            models.UniqueConstraint(fields=["org", "day"], name="call_days_org_day_key"),
            models.CheckConstraint(name="call_days_order", condition=Q(ends_at__gt=F("starts_at"))),
        ]

    def __str__(self) -> str:
        return f"calls of {self.day}"
