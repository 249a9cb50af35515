"""What the clinic sells."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from orgs.tenancy import TenantModel

DAY_MINUTES = 24 * 60


class Service(TenantModel):
    """Something that can be booked: its price, how it is named on the phone, and the rules of its appointments.

    Buffers keep the practitioner free before and after the visit. `minimum_notice_minutes` is how soon from now a visit
    may start, `horizon_days` how far ahead, `slot_step_minutes` how far apart two offered starts are.
    """

    name = models.CharField(max_length=80)
    price_minor = models.PositiveIntegerField(db_column="price", help_text="In the currency's minor units (pence).")
    currency = models.CharField(max_length=3)
    keywords = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    duration_minutes = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(5)])
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    minimum_notice_minutes = models.PositiveIntegerField(default=120)
    horizon_days = models.PositiveSmallIntegerField(default=90)
    slot_step_minutes = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(5)])

    class Meta:
        db_table = "services"
        constraints = [
            models.UniqueConstraint("org", Lower("name"), name="services_org_name_key"),
            models.CheckConstraint(
                name="services_visit_length", condition=Q(duration_minutes__gte=5, duration_minutes__lte=DAY_MINUTES)
            ),
            models.CheckConstraint(
                name="services_buffers",
                condition=Q(buffer_before_minutes__lte=DAY_MINUTES, buffer_after_minutes__lte=DAY_MINUTES),
            ),
            models.CheckConstraint(
                name="services_step", condition=Q(slot_step_minutes__gte=5, slot_step_minutes__lte=DAY_MINUTES)
            ),
        ]
        indexes = [models.Index(fields=["org", "is_active"], name="services_org_active_idx")]

    def __str__(self) -> str:
        return self.name
