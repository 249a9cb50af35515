"""The people who call."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Lower, Right

from orgs.models import E164_PATTERN, validate_e164
from orgs.tenancy import TenantModel
from voxanne.search import backwards, by_beginning, last_word

HOT_SCORE = 70
WARM_SCORE = 40
FIRST_SCORE = 40
# The digits in which a number written with and without its country agree.
TAIL_DIGITS = 9


class LeadStatus(models.TextChoices):
    """How far a contact has come."""

    NEW = "new", "New"
    CONTACTED = "contacted", "Contacted"
    BOOKED = "booked", "Booked"
    LOST = "lost", "Lost"


class LeadTemperature(models.TextChoices):
    """How promising a contact is: a reading of `lead_score`, nothing of its own."""

    HOT = "hot", "Hot"
    WARM = "warm", "Warm"
    COLD = "cold", "Cold"


class NumberUse(models.TextChoices):
    """How many people call from a contact's number. Of several, nobody is greeted by name or remembered."""

    UNKNOWN = "unknown", "Go by the names that we have heard"
    ONE = "one", "Only this person"
    SEVERAL = "several", "Several people"


class Contact(TenantModel):
    """A person the clinic knows, by phone number where one is known.

    `lead_temperature` is computed by PostgreSQL from `lead_score`, so that no write can make the two disagree; an
    instance that was changed in memory shows the new one after `refresh_from_db`. `preferences` is what the staff noted
    for the receptionist to know; `blocked_at` is since when no agent answers this person. `hot_at` is when a call
    first brought the score to `HOT_SCORE`, of which the team is told once; at `rescore_at` it is to be computed anew.
    `name_key`, `email_key` and `phone_tail` are what duplicates are found by; the first two, `last_key` and
    `phone_backwards` are what people are searched by (`voxanne.search`).
    """

    name = models.CharField(max_length=120, blank=True)
    first_name = models.CharField(max_length=60, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=16, blank=True, validators=[validate_e164])
    email = models.EmailField(max_length=254, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    lead_status = models.CharField(max_length=10, choices=LeadStatus.choices, default=LeadStatus.NEW)
    lead_score = models.PositiveSmallIntegerField(default=FIRST_SCORE, validators=[MaxValueValidator(100)])
    lead_temperature = models.GeneratedField(
        expression=Case(
            When(lead_score__gte=HOT_SCORE, then=Value(LeadTemperature.HOT.value)),
            When(lead_score__gte=WARM_SCORE, then=Value(LeadTemperature.WARM.value)),
            default=Value(LeadTemperature.COLD.value),
        ),
        output_field=models.CharField(max_length=4, choices=LeadTemperature.choices),
        db_persist=True,
    )
    service_interests = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=20, blank=True)
    notes = models.TextField(blank=True)
    memory_enabled = models.BooleanField(default=True)
    number_use = models.CharField(
        max_length=8, choices=NumberUse.choices, default=NumberUse.UNKNOWN, db_default=NumberUse.UNKNOWN
    )
    preferences = models.CharField(max_length=300, blank=True, db_default="")
    opted_out_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    last_contacted_at = models.DateTimeField(null=True, blank=True)
    hot_at = models.DateTimeField(null=True, blank=True)
    rescore_at = models.DateTimeField(null=True, blank=True)
    custom_fields = models.JSONField(default=dict, blank=True)
    name_key = models.GeneratedField(
        expression=Lower("name"), output_field=models.CharField(max_length=240), db_persist=True
    )
    email_key = models.GeneratedField(
        expression=Lower("email"), output_field=models.CharField(max_length=508), db_persist=True
    )
    last_key = models.GeneratedField(
        expression=last_word("name"), output_field=models.CharField(max_length=240), db_persist=True
    )
    phone_backwards = models.GeneratedField(
        expression=backwards("phone"), output_field=models.CharField(max_length=16), db_persist=True
    )
    phone_tail = models.GeneratedField(
        expression=Right("phone", TAIL_DIGITS), output_field=models.CharField(max_length=TAIL_DIGITS), db_persist=True
    )

    class Meta:
        db_table = "contacts"
        constraints = [
            models.UniqueConstraint(fields=["org", "phone"], name="contacts_org_phone_key", condition=Q(phone__gt="")),
            models.CheckConstraint(name="contacts_phone_e164", condition=Q(phone="") | Q(phone__regex=E164_PATTERN)),
            models.CheckConstraint(name="contacts_score_range", condition=Q(lead_score__gte=0, lead_score__lte=100)),
            models.CheckConstraint(name="contacts_status_known", condition=Q(lead_status__in=LeadStatus.values)),
            models.CheckConstraint(name="contacts_number_use_known", condition=Q(number_use__in=NumberUse.values)),
        ]
        indexes = [
            models.Index(fields=["org", "-created_at", "-id"], name="contacts_org_newest_idx"),
            models.Index(fields=["org", "-lead_score", "-id"], name="contacts_org_best_idx"),
            models.Index(
                F("org"),
                Coalesce("last_contacted_at", "created_at").desc(),
                F("id").desc(),
                name="contacts_org_heard_idx",
            ),
            # So many rows share a score that this one stays small: it counts them.
            models.Index(fields=["org", "lead_score"], name="contacts_org_score_idx"),
            models.Index(fields=["org", "lead_status", "-lead_score", "-id"], name="contacts_org_stage_idx"),
            models.Index(fields=["org", "name_key"], name="contacts_org_name_idx"),
            models.Index(fields=["org", "email_key"], name="contacts_org_email_key_idx"),
            models.Index(fields=["org", "phone_tail"], name="contacts_org_tail_idx"),
            by_beginning("name_key", name="contacts_search_name_idx"),
            by_beginning("last_key", name="contacts_search_last_idx"),
            by_beginning("email_key", name="contacts_search_email_idx"),
            by_beginning("phone_backwards", name="contacts_search_phone_idx"),
            models.Index(fields=["org", "email"], name="contacts_org_email_idx"),
            models.Index(
                fields=["org", "date_of_birth"],
                condition=Q(date_of_birth__isnull=False),
                name="contacts_org_birth_idx",
            ),
            models.Index(fields=["rescore_at"], condition=Q(rescore_at__isnull=False), name="contacts_rescore_idx"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"
