"""Numbers that the platform buys for organisations, and the subaccount of each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orgs.models import E164_PATTERN, validate_e164
from orgs.tenancy import TenantModel
from telephony.models.accounts import ACCOUNT_SID_PATTERN


class NumberType(models.TextChoices):
    """The kinds that are sold. The values are ours; Twilio's are in its client."""

    LOCAL = "local", "Local"
    MOBILE = "mobile", "Mobile"
    TOLL_FREE = "toll_free", "Toll-free"


class ManagedStatus(models.TextChoices):
    """The step that a number is at. Told from the row's other columns: see `status_of`."""

    BUYING = "buying", "Being bought"
    BOUGHT = "bought", "Bought, being set up"
    IMPORTING = "importing", "Being connected"
    ACTIVE = "active", "In use"
    RELEASING = "releasing", "Being given back"
    RELEASED = "released", "Given back"
    FAILED = "failed", "Could not be had"


# Nothing is owed and nothing is left to do.
ENDED = (ManagedStatus.RELEASED, ManagedStatus.FAILED)


class ManagedPhoneNumber(TenantModel):
    """A number that an organisation asked us to buy, and how far that has come.

    What was done stands in the three ids, each written before the next step: `twilio_sid` (bought),
    `twilio_subaccount_sid` (the organisation has its subaccount), `vapi_phone_number_id` (imported and linked).
    `is_wanted` False means that everything is undone again, the last thing first: somebody gave the number back, or it
    cannot go on (`problem_code` then says why). `asked_at` is when Twilio was last asked to sell it: while that is
    recent, a number that Twilio does not list may still be on its way.

    One worker holds `claim` at a time; `due_at` is when a sweeper looks again, None when there is nothing to do.
    The agent is a plain id, because agents live in a higher room. Money in minor units.
    """

    phone_number = models.CharField(max_length=16, validators=[validate_e164])
    country = models.CharField(max_length=2)
    number_type = models.CharField(max_length=10, choices=NumberType.choices)
    locality = models.CharField(max_length=80, blank=True)
    capabilities = ArrayField(models.CharField(max_length=8), default=list)
    agent_id = models.UUIDField(null=True, blank=True)
    twilio_sid = models.CharField(max_length=34, blank=True)
    twilio_subaccount_sid = models.CharField(max_length=34, blank=True)
    vapi_phone_number_id = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=ManagedStatus.choices, default=ManagedStatus.BUYING)
    is_wanted = models.BooleanField(default=True)
    monthly_cost_minor = models.PositiveIntegerField()
    cost_currency = models.CharField(max_length=3)
    problem_code = models.CharField(max_length=32, blank=True)
    problem = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    bought_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "managed_phone_numbers"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "phone_number"],
                condition=~models.Q(status__in=[status.value for status in ENDED]),
                name="managed_phone_numbers_org_open_key",
            ),
            models.CheckConstraint(
                name="managed_phone_numbers_e164", condition=models.Q(phone_number__regex=E164_PATTERN)
            ),
            models.CheckConstraint(
                name="managed_phone_numbers_status_known", condition=models.Q(status__in=ManagedStatus.values)
            ),
            models.CheckConstraint(
                name="managed_phone_numbers_type_known", condition=models.Q(number_type__in=NumberType.values)
            ),
            models.CheckConstraint(
                name="managed_phone_numbers_sid", condition=models.Q(twilio_sid__regex=r"^(PN[0-9a-f]{32})?$")
            ),
            models.CheckConstraint(
                name="managed_phone_numbers_active_whole",
                condition=~models.Q(status=ManagedStatus.ACTIVE.value)
                | (~models.Q(twilio_sid="") & ~models.Q(twilio_subaccount_sid="") & ~models.Q(vapi_phone_number_id="")),
            ),
            models.CheckConstraint(
                name="managed_phone_numbers_ended_empty",
                condition=~models.Q(status__in=[status.value for status in ENDED])
                | models.Q(twilio_sid="", vapi_phone_number_id="", is_wanted=False),
            ),
        ]
        indexes = [models.Index(fields=["org", "due_at"], name="managed_numbers_due_idx")]

    def __str__(self) -> str:
        return f"managed number {self.pk}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing is left to do or to pay."""
        return self.status in ENDED

    @property
    def name_at_twilio(self) -> str:
        """What the number is called at Twilio (64 characters at most): so that it is known again as this row's."""
        return f"voxanne {self.pk.hex}"

    @property
    def has_texts(self) -> bool:
        """Whether it can take texts."""
        return "sms" in self.capabilities

    def status_now(self) -> ManagedStatus:
        """The status that the other columns amount to, for a row of which something is left to do."""
        if not self.is_wanted:
            return ManagedStatus.RELEASING
        if not self.twilio_sid:
            return ManagedStatus.BUYING
        if not self.twilio_subaccount_sid:
            return ManagedStatus.BOUGHT
        return ManagedStatus.ACTIVE if self.vapi_phone_number_id else ManagedStatus.IMPORTING


class TwilioSubaccount(TenantModel):
    """An organisation's subaccount of the account that buys numbers; one an organisation, made with its first number.

    `account_sid` is empty while it is being made, by the worker that holds `claim`. The token is sealed for this row.
    The database keeps the row in `twilio_directory`, so that a webhook which names the subaccount finds its
    organisation (see the migration).
    """

    account_sid = models.CharField(max_length=34, blank=True)
    auth_token_encrypted = models.TextField(blank=True)
    key_commitment = models.CharField(max_length=64, blank=True)
    key_fingerprint = models.CharField(max_length=16, blank=True)
    encryption_version = models.CharField(max_length=8, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "twilio_subaccounts"
        constraints = [
            models.UniqueConstraint(fields=["org"], name="twilio_subaccounts_org_key"),
            models.CheckConstraint(
                name="twilio_subaccounts_sid",
                condition=models.Q(account_sid="") | models.Q(account_sid__regex=ACCOUNT_SID_PATTERN),
            ),
        ]

    def __str__(self) -> str:
        return f"subaccount {self.pk}"

    @property
    def name_at_twilio(self) -> str:
        """What it is called at Twilio: so that it is found again after a lost answer."""
        return f"voxanne {self.pk.hex}"
