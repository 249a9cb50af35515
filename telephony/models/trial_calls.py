"""Calls that we place to a clinic's line to see whether it passes them on."""

from django.db import models

from orgs.tenancy import TenantForeignKey, TenantModel
from telephony.models.forwarding import HybridForwardingConfig


class TrialState(models.TextChoices):
    """What came of it, as far as is known."""

    CALLING = "calling", "We are calling your line"
    PASSED = "passed", "The call reached your agent"
    ANSWERED = "answered", "Somebody, or a voicemail, answered your line"
    NOT_FORWARDED = "not_forwarded", "Your line rang and did not pass the call on"
    BUSY = "busy", "Your line was busy"
    FAILED = "failed", "The call could not be placed"


class TrialCall(TenantModel):
    """One call from a number of the platform's to a line, for as long as the line takes to pass it on.

    Attributes:
        calling_number: ours; the agent's call must come from it.
        call_sid: Twilio's name of the call; "" while nobody knows whether it was placed.
        asked_at: when Twilio was last asked how it goes.
    """

    forwarding = TenantForeignKey(HybridForwardingConfig, on_delete=models.CASCADE, related_name="trial_calls")
    state = models.CharField(max_length=13, choices=TrialState.choices, default=TrialState.CALLING)
    calling_number = models.CharField(max_length=16)
    call_sid = models.CharField(max_length=34, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "forwarding_trial_calls"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "forwarding"],
                condition=models.Q(state=TrialState.CALLING),
                name="forwarding_trial_calls_open_key",
            ),
            models.CheckConstraint(
                name="forwarding_trial_calls_state_known", condition=models.Q(state__in=TrialState.values)
            ),
        ]
        indexes = [models.Index(fields=["org", "forwarding", "created_at"], name="forwarding_trial_calls_idx")]

    def __str__(self) -> str:
        return f"trial call {self.pk}"
