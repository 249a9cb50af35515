"""Who waits for a day, which times became free, and to whom each of them was offered.

A freed time is offered to one person at a time, and nobody has two open offers: the partial unique constraints say so.
Nothing is held meanwhile: whoever says yes goes through the constraint of all bookings.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orgs.tenancy import TenantForeignKey, TenantModel
from scheduling.models.diary import Appointment, Practitioner


class WantedPart(models.TextChoices):
    """When in the day somebody who waits can come. Apart from `any` as in `scheduling.types.PartOfDay`."""

    ANY = "any", "Any time"
    MORNING = "morning", "Morning"
    AFTERNOON = "afternoon", "Afternoon"
    EVENING = "evening", "Evening"


class WaitlistState(models.TextChoices):
    """Where somebody who waits stands. `offered`: one offer to them is open."""

    WAITING = "waiting", "Waiting"
    OFFERED = "offered", "Has an offer"
    BOOKED = "booked", "Booked"
    LEFT = "left", "Came off the list"
    EXPIRED = "expired", "Days are over"


ON_THE_LIST = (WaitlistState.WAITING, WaitlistState.OFFERED)


class OpeningState(models.TextChoices):
    """Where a freed time stands."""

    OPEN = "open", "Being offered"
    FILLED = "filled", "Filled from the waiting list"
    CLOSED = "closed", "No longer offered"


class OpeningEnd(models.TextChoices):
    """Why a freed time is no longer offered."""

    NOBODY = "nobody", "Nobody else on the list fits."
    TAKEN = "taken", "Somebody else booked this time."
    TOO_NEAR = "too_near", "It is too near to ask anybody."
    NOT_CONNECTED = "not_connected", "Text messages are not set up."


class OfferState(models.TextChoices):
    """What became of an offer."""

    OPEN = "open", "Waits for an answer"
    TAKEN = "taken", "Taken"
    DECLINED = "declined", "Declined"
    PASSED = "passed", "No answer in time"
    LOST = "lost", "Went to somebody else"
    FAILED = "failed", "Not reached"


class WaitlistEntry(TenantModel):
    """Somebody who wants to come between two days, both included, and found nothing.

    `patient_name` is who would come, which need not be the contact. `expires_at` is the end of the last day by the
    clinic's clock. `call` is the call it was asked for in, `created_by` the colleague who wrote it down.
    """

    contact = TenantForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    service = TenantForeignKey("contacts.Service", null=True, on_delete=models.PROTECT, related_name="+")
    practitioner = TenantForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="+")
    patient_name = models.CharField(max_length=120, blank=True)
    first_day = models.DateField()
    last_day = models.DateField()
    part_of_day = models.CharField(max_length=9, choices=WantedPart.choices, default=WantedPart.ANY)
    state = models.CharField(max_length=8, choices=WaitlistState.choices, default=WaitlistState.WAITING)
    expires_at = models.DateTimeField()
    call = TenantForeignKey("calls.Call", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    notes = models.TextField(blank=True)

    class Meta:
        db_table = "waitlist_entries"
        verbose_name_plural = "waitlist entries"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "org",
                    "contact",
                    "patient_name",
                    "service",
                    "practitioner",
                    "first_day",
                    "last_day",
                    "part_of_day",
                ],
                name="waitlist_entries_same_wish_key",
                condition=Q(state__in=ON_THE_LIST),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="waitlist_entries_days", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(name="waitlist_entries_part", condition=Q(part_of_day__in=WantedPart.values)),
            models.CheckConstraint(name="waitlist_entries_state", condition=Q(state__in=WaitlistState.values)),
        ]
        indexes = [
            models.Index(
                fields=["org", "last_day", "first_day"],
                name="waitlist_entries_waiting_idx",
                condition=Q(state__in=ON_THE_LIST),
            ),
            models.Index(fields=["org", "created_at", "id"], name="waitlist_entries_recent_idx"),
            models.Index(
                fields=["expires_at"], name="waitlist_entries_expiry_idx", condition=Q(state=WaitlistState.WAITING)
            ),
        ]

    def __str__(self) -> str:
        return f"waitlist entry {self.pk}"

    @property
    def who(self) -> str:
        """Who would come, as people read it."""
        return self.patient_name or self.contact.name or "Unknown patient"

    @property
    def is_on_the_list(self) -> bool:
        return self.state in ON_THE_LIST


class WaitlistOpening(TenantModel):
    """A time that became free, or that the team wants filled: it is offered to one after the other.

    `appointment` and `service` are what stood there. `due_at` is when somebody has to look at it again; None once it
    is settled. `is_by_hand`: the team chose whom to ask, so that nobody else is.
    """

    appointment = TenantForeignKey(Appointment, null=True, on_delete=models.CASCADE, related_name="+")
    practitioner = TenantForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    service = TenantForeignKey("contacts.Service", null=True, on_delete=models.SET_NULL, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_by_hand = models.BooleanField(default=False)
    state = models.CharField(max_length=6, choices=OpeningState.choices, default=OpeningState.OPEN)
    end_reason = models.CharField(max_length=13, choices=OpeningEnd.choices, blank=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "waitlist_openings"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "practitioner", "starts_at"],
                name="waitlist_openings_one_open_key",
                condition=Q(state=OpeningState.OPEN),
            ),
            models.CheckConstraint(name="waitlist_openings_state", condition=Q(state__in=OpeningState.values)),
            models.CheckConstraint(
                name="waitlist_openings_due", condition=Q(state=OpeningState.OPEN) | Q(due_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["org", "appointment"], name="waitlist_openings_freed_idx"),
            models.Index(fields=["due_at"], name="waitlist_openings_due_idx", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"waitlist opening {self.pk}"


class WaitlistOffer(TenantModel):
    """One time offered to one person, who may say yes until `expires_at`, and later if it is still free.

    `message` asked them. `problem` is a sentence for staff about why they could not be asked. `appointment` is what
    they booked, `value_minor` its price then, in the currency's minor units.
    """

    opening = TenantForeignKey(WaitlistOpening, on_delete=models.CASCADE, related_name="offers")
    entry = TenantForeignKey(WaitlistEntry, on_delete=models.CASCADE, related_name="offers")
    contact = TenantForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    practitioner = TenantForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=OfferState.choices, default=OfferState.OPEN)
    problem = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    message = TenantForeignKey("telephony.Message", null=True, on_delete=models.SET_NULL, related_name="+")
    appointment = TenantForeignKey(Appointment, null=True, on_delete=models.SET_NULL, related_name="+")
    value_minor = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        db_table = "waitlist_offers"
        constraints = [
            models.UniqueConstraint(fields=["org", "opening", "entry"], name="waitlist_offers_once_key"),
            models.UniqueConstraint(
                fields=["org", "opening"], name="waitlist_offers_in_turn_key", condition=Q(state=OfferState.OPEN)
            ),
            models.UniqueConstraint(
                fields=["org", "contact"], name="waitlist_offers_one_each_key", condition=Q(state=OfferState.OPEN)
            ),
            models.CheckConstraint(name="waitlist_offers_state", condition=Q(state__in=OfferState.values)),
            models.CheckConstraint(
                name="waitlist_offers_taken",
                condition=~Q(state=OfferState.TAKEN) | Q(answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["org", "contact", "-created_at"], name="waitlist_offers_contact_idx"),
            models.Index(fields=["org", "message"], name="waitlist_offers_message_idx"),
            models.Index(
                fields=["org", "answered_at"], name="waitlist_offers_taken_idx", condition=Q(state=OfferState.TAKEN)
            ),
        ]

    def __str__(self) -> str:
        return f"waitlist offer {self.pk}"
