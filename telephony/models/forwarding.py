"""Lines that a clinic has proved to be its own, and how each passes its calls on to an agent."""

from datetime import datetime

from django.db import models

from orgs.models import E164_PATTERN, validate_e164
from orgs.tenancy import TenantForeignKey, TenantModel
from voxanne.clock import now

LONGEST_NAME = 64
SHORTEST_RING_S, LONGEST_RING_S, USUAL_RING_S = 5, 60, 25
MOST_WRONG_CODES = 3


class VerificationStatus(models.TextChoices):
    """How far the proof has come."""

    PENDING = "pending", "Waiting for the code"
    VERIFIED = "verified", "Verified"
    FAILED = "failed", "Not verified"
    EXPIRED = "expired", "Code expired"


class ForwardingType(models.TextChoices):
    """Which calls the agent gets."""

    TOTAL_AI = "total_ai", "Total AI"
    SAFETY_NET = "safety_net", "Safety net"


class Carrier(models.TextChoices):
    """Whose codes a line understands, as the API names them. `telephony.forwarding.carriers` knows them by name."""

    ATT = "att", "AT&T"
    TMOBILE = "tmobile", "T-Mobile"
    VERIZON = "verizon", "Verizon"
    SPRINT = "sprint", "Sprint"
    OTHER_GSM = "other_gsm", "Another GSM network"
    OTHER_CDMA = "other_cdma", "Another CDMA network"
    INTERNATIONAL = "international", "A network outside the United States"


class ForwardingStatus(models.TextChoices):
    """Only ever in a circle: waiting, on, off, waiting."""

    PENDING_SETUP = "pending_setup", "Waiting for you to dial the code"
    ACTIVE = "active", "On"
    DISABLED = "disabled", "Off"


class VerifiedCallerId(TenantModel):
    """A clinic's own line, and the proof that it is: a code that somebody keyed in on it during a call from Twilio.

    Attributes:
        twilio_account_sid: the account that the verification goes through: the clinic's own, or the platform's.
        twilio_caller_id_sid: Twilio's own entry; it stands for Twilio's half of the proof.
        is_ours_at_twilio: that entry came of our request, so that it goes with this row.
        verification_code_hash: bcrypt of the code that this person was shown once; "" before and after.
        verification_attempts: wrong codes since the code was made.
        locked_until: no code is taken and none is made before.
        claim, claimed_until: held by the one request that asks Twilio to call.
        call_failed_at: when Twilio told that the call had ended without the code.
        asked_at: when Twilio was last asked whether it lists the number.
    """

    phone_number = models.CharField(max_length=16, validators=[validate_e164])
    friendly_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    twilio_account_sid = models.CharField(max_length=34, blank=True)
    twilio_caller_id_sid = models.CharField(max_length=34, blank=True)
    twilio_call_sid = models.CharField(max_length=34, blank=True)
    is_ours_at_twilio = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=VerificationStatus.choices, default=VerificationStatus.PENDING)
    verification_code_hash = models.CharField(max_length=72, blank=True)
    verification_code_expires_at = models.DateTimeField(null=True, blank=True)
    verification_attempts = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    call_failed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "verified_caller_ids"
        constraints = [
            models.UniqueConstraint(fields=["org", "phone_number"], name="verified_caller_ids_org_number_key"),
            models.CheckConstraint(
                name="verified_caller_ids_e164", condition=models.Q(phone_number__regex=E164_PATTERN)
            ),
            models.CheckConstraint(
                name="verified_caller_ids_status_known", condition=models.Q(status__in=VerificationStatus.values)
            ),
            models.CheckConstraint(
                name="verified_caller_ids_attempts", condition=models.Q(verification_attempts__lte=5)
            ),
            models.CheckConstraint(
                name="verified_caller_ids_proved",
                condition=~models.Q(status=VerificationStatus.VERIFIED)
                | (models.Q(verified_at__isnull=False) & ~models.Q(twilio_caller_id_sid="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["org", "status"], condition=models.Q(status="verified"), name="verified_caller_ids_org_idx"
            )
        ]

    def __str__(self) -> str:
        return f"line {self.pk}"

    @property
    def is_verified(self) -> bool:
        return self.status == VerificationStatus.VERIFIED

    @property
    def is_confirmed_by_twilio(self) -> bool:
        """Whether Twilio lists the number: somebody keyed the code in on the phone."""
        return bool(self.twilio_caller_id_sid)

    @property
    def attempts_left(self) -> int:
        return max(0, MOST_WRONG_CODES - self.verification_attempts)

    def is_locked(self, moment: datetime | None = None) -> bool:
        return self.locked_until is not None and self.locked_until > (moment or now())

    def is_code_expired(self, moment: datetime | None = None) -> bool:
        """Whether there is no code that could be confirmed any more."""
        expires = self.verification_code_expires_at
        return expires is None or expires <= (moment or now())

    @property
    def shown_status(self) -> VerificationStatus:
        """As people see it: a code that has run out is expired before the nightly job says so."""
        is_over = self.status == VerificationStatus.PENDING and self.is_code_expired()
        return VerificationStatus.EXPIRED if is_over else VerificationStatus(self.status)


class HybridForwardingConfig(TenantModel):
    """How one line passes its calls on: the choice, the codes that follow from it, and whether it was seen working.

    Attributes:
        network: the carrier by name, a key of `telephony.forwarding.carriers`; "" when only `carrier` was said.
        twilio_forwarding_number: the agent's number that the codes lead to.
        ring_time_seconds: how long the line rings first, as the code says it; of no account where the network decides.
        test_started_at: when somebody last said that they would call the line to see it come through.
        seen_working_at: when such a call came through.
    """

    verified_caller = TenantForeignKey(VerifiedCallerId, on_delete=models.CASCADE, related_name="forwarding")
    sim_phone_number = models.CharField(max_length=16, validators=[validate_e164])
    forwarding_type = models.CharField(max_length=10, choices=ForwardingType.choices)
    carrier = models.CharField(max_length=13, choices=Carrier.choices)
    network = models.CharField(max_length=40, blank=True)
    carrier_country_code = models.CharField(max_length=2, default="US")
    twilio_forwarding_number = models.CharField(max_length=16, validators=[validate_e164])
    ring_time_seconds = models.PositiveSmallIntegerField(default=USUAL_RING_S)
    generated_activation_code = models.CharField(max_length=60)
    generated_deactivation_code = models.CharField(max_length=60)
    status = models.CharField(max_length=13, choices=ForwardingStatus.choices, default=ForwardingStatus.PENDING_SETUP)
    user_confirmed_setup = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    test_started_at = models.DateTimeField(null=True, blank=True)
    seen_working_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "hybrid_forwarding_configs"
        constraints = [
            models.UniqueConstraint(fields=["org", "sim_phone_number"], name="hybrid_forwarding_org_sim_key"),
            models.CheckConstraint(
                name="hybrid_forwarding_sim_e164", condition=models.Q(sim_phone_number__regex=E164_PATTERN)
            ),
            models.CheckConstraint(
                name="hybrid_forwarding_destination_e164",
                condition=models.Q(twilio_forwarding_number__regex=E164_PATTERN),
            ),
            models.CheckConstraint(
                name="hybrid_forwarding_no_loop",
                condition=~models.Q(twilio_forwarding_number=models.F("sim_phone_number")),
            ),
            models.CheckConstraint(
                name="hybrid_forwarding_ring_time",
                condition=models.Q(ring_time_seconds__gte=SHORTEST_RING_S, ring_time_seconds__lte=LONGEST_RING_S),
            ),
            models.CheckConstraint(
                name="hybrid_forwarding_type_known", condition=models.Q(forwarding_type__in=ForwardingType.values)
            ),
            models.CheckConstraint(
                name="hybrid_forwarding_carrier_known", condition=models.Q(carrier__in=Carrier.values)
            ),
            models.CheckConstraint(
                name="hybrid_forwarding_status_known", condition=models.Q(status__in=ForwardingStatus.values)
            ),
        ]
        indexes = [
            models.Index(
                fields=["org", "twilio_forwarding_number"],
                condition=models.Q(test_started_at__isnull=False),
                name="hybrid_forwarding_tested_idx",
            )
        ]

    def __str__(self) -> str:
        return f"forwarding {self.pk}"
