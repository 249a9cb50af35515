"""Which Twilio accounts, and which numbers of theirs, are an organisation's."""

from django.db import models

from orgs.models import E164_PATTERN, validate_e164
from orgs.tenancy import TenantModel

ACCOUNT_SID_PATTERN = r"^AC[0-9a-f]{32}$"


class RepliesState(models.TextChoices):
    """Whether what people text to a number reaches us."""

    WAITING = "waiting", "Being set up"
    REACH_US = "reach_us", "Replies reach you here"
    ELSEWHERE = "elsewhere", "Replies go somewhere else"
    FAILED = "failed", "Could not be set up"


class TwilioAccount(TenantModel):
    """A number that an organisation texts from, and the account that it belongs to: its own, or one of its agents'.

    Webhooks name an account by its SID alone, before anybody knows whose it is; the database keeps each row in
    `twilio_directory` for that (see the migration). Tokens are not here: they stay where they are sealed.

    `replies` says whether Twilio hands us what people text to the number; `replies_due_at` is when a worker looks at
    that (again), None when there is nothing to do.

    `is_managed`: the platform bought the number and the account is the platform's, so that the clinic only hears what
    is texted to it (`agents.managed_numbers` keeps such rows).
    """

    account_sid = models.CharField(max_length=34)
    phone_number = models.CharField(max_length=16, validators=[validate_e164])
    agent_id = models.UUIDField(null=True, blank=True)
    replies = models.CharField(max_length=10, choices=RepliesState.choices, default=RepliesState.WAITING)
    replies_due_at = models.DateTimeField(null=True, blank=True)
    is_managed = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "twilio_accounts"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "agent_id", "phone_number"], name="twilio_accounts_org_number_key", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="twilio_accounts_sid", condition=models.Q(account_sid__regex=ACCOUNT_SID_PATTERN)
            ),
            models.CheckConstraint(name="twilio_accounts_e164", condition=models.Q(phone_number__regex=E164_PATTERN)),
            models.CheckConstraint(
                name="twilio_accounts_replies_known", condition=models.Q(replies__in=RepliesState.values)
            ),
        ]
        indexes = [models.Index(fields=["org", "account_sid"], name="twilio_accounts_org_sid_idx")]

    def __str__(self) -> str:
        return f"number of Twilio account {self.account_sid}"
