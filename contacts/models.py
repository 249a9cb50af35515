"""The people who call, what the clinic sells, and what its staff have to do."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower

from orgs.models import E164_PATTERN, User, validate_e164
from orgs.tenancy import TenantForeignKey, TenantModel

HOT_SCORE = 70
WARM_SCORE = 40
FIRST_SCORE = 40
DAY_MINUTES = 24 * 60


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
    for the receptionist to know; `blocked_at` is since when no agent answers this person.
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
    custom_fields = models.JSONField(default=dict, blank=True)

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
            models.Index(fields=["org", "-created_at"], name="contacts_org_created_idx"),
            models.Index(fields=["org", "-lead_score"], name="contacts_org_score_idx"),
            models.Index(fields=["org", "lead_status"], name="contacts_org_status_idx"),
            models.Index(fields=["org", "email"], name="contacts_org_email_idx"),
            models.Index(
                fields=["org", "date_of_birth"],
                condition=Q(date_of_birth__isnull=False),
                name="contacts_org_birth_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


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


class TaskKind(models.TextChoices):
    """What kind of thing a person at the clinic has to do. A red flag comes before all else."""

    RED_FLAG = "red_flag", "May need urgent help"
    CALL_BACK = "call_back", "Call back"
    CHANGE_REQUEST = "change_request", "Wants another time"
    CHECK = "check", "Have a look"


class TaskState(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"


class StaffTask(TenantModel):
    """Something that a person at the clinic has to do, and why. One cause makes one task, however often it is noted.

    `cause` names what made it ("transfer:<call id>"), `reason` is one sentence for staff that quotes nobody. A task of
    which the admins are told by mail has `mail_due_at` until the provider has taken the mail.
    """

    kind = models.CharField(max_length=20, choices=TaskKind.choices)
    cause = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    call = TenantForeignKey("calls.Call", null=True, on_delete=models.CASCADE, related_name="staff_tasks")
    contact = TenantForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="staff_tasks")
    appointment = TenantForeignKey(
        "scheduling.Appointment", null=True, on_delete=models.CASCADE, related_name="staff_tasks"
    )
    state = models.CharField(max_length=4, choices=TaskState.choices, default=TaskState.OPEN)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    mail_due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_tasks"
        constraints = [
            models.UniqueConstraint(fields=["org", "cause"], name="staff_tasks_org_cause_key"),
            models.CheckConstraint(name="staff_tasks_kind_known", condition=Q(kind__in=TaskKind.values)),
            models.CheckConstraint(
                name="staff_tasks_done_at",
                condition=Q(state=TaskState.OPEN, done_at__isnull=True)
                | Q(state=TaskState.DONE, done_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["org", "state", "-created_at"], name="staff_tasks_org_open_idx"),
            models.Index(
                fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="staff_tasks_mail_due_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} task {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.state == TaskState.OPEN
