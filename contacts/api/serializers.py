"""Contacts as integrators read and write them."""

from typing import Any

from rest_framework import serializers

from contacts.lead_order import LeadSort
from contacts.models import Contact, LeadStatus, LeadTemperature, NumberUse

MOST_INTERESTS = 50
MOST_CUSTOM_FIELDS = 50


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """One contact. `name`, `phone` and `service_interests` are its older names for the same."""

    contact_name = serializers.CharField(source="name")
    phone_number = serializers.CharField(source="phone")
    services_interested = serializers.ListField(source="service_interests", child=serializers.CharField())
    service_interests = serializers.ListField(child=serializers.CharField())
    is_blocked = serializers.SerializerMethodField()
    is_opted_out = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = (
            "id", "contact_name", "name", "first_name", "last_name", "phone_number", "phone", "email", "date_of_birth",
            "lead_status", "lead_score", "lead_temperature", "services_interested", "service_interests", "source",
            "notes", "preferences", "memory_enabled", "number_use", "is_blocked", "blocked_at", "is_opted_out",
            "opted_out_at", "last_contacted_at", "custom_fields", "created_at", "updated_at",
        )  # fmt: skip

    def get_is_blocked(self, contact: Contact) -> bool:
        return contact.blocked_at is not None

    def get_is_opted_out(self, contact: Contact) -> bool:
        return contact.opted_out_at is not None


class ContactChange(serializers.Serializer[Any]):
    """What may be given; of a new and an older name for the same, the new one counts."""

    contact_name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    first_name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    last_name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    phone_number = serializers.CharField(required=False, allow_blank=True, max_length=40)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    date_of_birth = serializers.DateField(required=False, allow_null=True)
    lead_status = serializers.ChoiceField(required=False, choices=LeadStatus.choices)
    services_interested = serializers.ListField(
        required=False, child=serializers.CharField(max_length=80), max_length=MOST_INTERESTS
    )
    service_interests = serializers.ListField(
        required=False, child=serializers.CharField(max_length=80), max_length=MOST_INTERESTS
    )
    source = serializers.CharField(required=False, allow_blank=True, max_length=20)  # type: ignore[assignment]
    notes = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    preferences = serializers.CharField(required=False, allow_blank=True, max_length=300)
    memory_enabled = serializers.BooleanField(required=False)
    number_use = serializers.ChoiceField(required=False, choices=NumberUse.choices)
    custom_fields = serializers.DictField(required=False, child=serializers.CharField(allow_blank=True, max_length=500))
    is_blocked = serializers.BooleanField(required=False)
    is_opted_out = serializers.BooleanField(required=False)

    def validate_custom_fields(self, given: dict[str, str]) -> dict[str, str]:
        """So many, and with names that fit a column's head."""
        if len(given) > MOST_CUSTOM_FIELDS or any(len(name) > 60 or "\0" in name for name in given):
            raise serializers.ValidationError(f"At most {MOST_CUSTOM_FIELDS} fields, with names of 60 characters.")
        return given


class NewContact(ContactChange):
    """As a change, of somebody who can be found again."""

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if not any(given.get(name) for name in ("contact_name", "name", "phone_number", "phone", "email")):
            raise serializers.ValidationError("Give a name, a phone number or an email address.")
        return given


class ContactQuery(serializers.Serializer[Any]):
    """Which contacts, and in which order."""

    search = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    lead_status = serializers.ChoiceField(required=False, choices=LeadStatus.choices, default="")
    lead_temperature = serializers.ChoiceField(required=False, choices=LeadTemperature.choices, default="")
    sort = serializers.ChoiceField(required=False, choices=LeadSort.choices, default=LeadSort.NEWEST.value)
    cursor = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class ContactStats(serializers.Serializer[Any]):
    """How many contacts there are, by temperature; `total`, `hot`, `warm` and `cold` are the older names."""

    total_leads = serializers.IntegerField()
    hot_leads = serializers.IntegerField()
    warm_leads = serializers.IntegerField()
    cold_leads = serializers.IntegerField()
    total = serializers.IntegerField()
    hot = serializers.IntegerField()
    warm = serializers.IntegerField()
    cold = serializers.IntegerField()
