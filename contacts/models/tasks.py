"""What the clinic's people have to do."""

from django.db import models
from django.db.models import Q

from contacts.models.people import Contact
from orgs.models import User
from orgs.tenancy import TenantForeignKey, TenantModel


class TaskKind(models.TextChoices):
    """What kind of thing a person at the clinic has to do. A red flag comes before all else."""

    RED_FLAG = "red_flag", "May need urgent help"
    CALL_BACK = "call_back", "Call back"
    CHANGE_REQUEST = "change_request", "Wants another time"
    CHECK = "check", "Have a look"
    HOT_LEAD = "hot_lead", "Hot lead"


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
