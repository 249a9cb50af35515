"""The forms of the price list and of what the team is told."""

from decimal import Decimal
from typing import Any

from django import forms

from contacts.errors import BadKeywords
from contacts.models import DAY_MINUTES, Service
from contacts.phones import find_e164
from contacts.price_list import LONGEST_NAME, MOST_PRICE_MINOR, NAMELESS, clean_keywords
from contacts.services import clean_name
from orgs.models import IntegrationSettings, Organization
from telephony.models import PhoneNumberMapping, TwilioAccount
from voxanne.money import decimals_of, to_amount, to_minor

PHONE_UNREADABLE = "Enter a whole phone number, such as 07700 900123 or +44 7700 900123."
OWN_NUMBER = "That is one of your clinic's own numbers. Enter a mobile that somebody of your team carries."
LONGEST_SENTENCE = 400


class PriceField(forms.DecimalField):
    """An amount in a clinic's currency, kept in its smallest units."""

    def __init__(self, *, currency: str, **options: Any) -> None:
        decimals = decimals_of(currency)
        step = Decimal(1).scaleb(-decimals)
        super().__init__(
            min_value=0,
            max_value=to_amount(MOST_PRICE_MINOR, currency),
            decimal_places=decimals,
            widget=forms.NumberInput(attrs={"step": str(step), "inputmode": "decimal", "autocomplete": "off"}),
            **options,
        )


class ServiceForm(forms.Form):
    """What is sold, at what price, and how callers name it."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    price = forms.DecimalField()
    keywords = forms.CharField(
        label="What callers call it",
        required=False,
        max_length=2000,
        help_text="Beside the name, with commas between: “wrinkles, anti-wrinkle injection”. "
        "Plurals, accents and capitals make no difference.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    duration_minutes = forms.IntegerField(
        label="Minutes a visit takes",
        min_value=5,
        max_value=DAY_MINUTES,
        initial=30,
        help_text="Settings, Booking has the rest: breaks, notice.",
    )

    def __init__(self, *args: Any, org: Organization, service: Service | None = None, **options: Any) -> None:
        currency = service.currency if service else org.currency
        if service is not None:
            options["initial"] = {
                "name": service.name,
                "price": to_amount(service.price_minor, currency),
                "keywords": ", ".join(str(keyword) for keyword in service.keywords),
            }
        super().__init__(*args, **options)
        self._currency = currency
        self.fields["price"] = PriceField(currency=currency, label=f"Price in {currency}")
        if service is not None:
            del self.fields["duration_minutes"]

    def clean_name(self) -> str:
        """As it is stored, and something of it left."""
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(NAMELESS)
        return name

    def clean_keywords(self) -> list[str]:
        """Each once, empty ones left out."""
        written: str = self.cleaned_data["keywords"].replace("\n", ",")
        try:
            return clean_keywords(part for part in written.split(",") if part.strip())
        except BadKeywords as wrong:
            raise forms.ValidationError(wrong.message) from wrong

    def facts(self) -> dict[str, Any]:
        """What was typed, as `contacts.price_list` takes it."""
        typed = dict(self.cleaned_data)
        price = typed.pop("price")
        return {**typed, "price_minor": to_minor(price, self._currency)}


class SentenceForm(forms.Form):
    """A sentence to try the price list with."""

    sentence = forms.CharField(
        label="What a caller says",
        max_length=LONGEST_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "How much is a face lift?"}),
    )


class NotificationsForm(forms.Form):
    """Whom a hot lead is told to, and what a call without a named service counts for."""

    alert_phone = forms.CharField(
        label="Text hot leads to",
        required=False,
        max_length=32,
        help_text="A mobile of your team. When a lead first scores 70 or more it gets one text with a link, "
        "and nothing about the caller. Leave it empty for no texts.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    fallback_value = forms.DecimalField(required=False)

    def __init__(self, *args: Any, org: Organization, chosen: IntegrationSettings, **options: Any) -> None:
        value = chosen.fallback_value_minor
        options["initial"] = {
            "alert_phone": chosen.hot_lead_alert_phone,
            "fallback_value": to_amount(value, org.currency) if value else None,
        }
        super().__init__(*args, **options)
        self._org = org
        self.fields["fallback_value"] = PriceField(
            currency=org.currency,
            label=f"Value of a call without a named service, in {org.currency}",
            required=False,
            help_text="For callers who name nothing on your price list. Leave it empty to count them as nothing.",
        )

    def clean_alert_phone(self) -> str:
        """Accept a number as people write it in the clinic's country; keep E.164."""
        written: str = self.cleaned_data["alert_phone"].strip()
        if not written:
            return ""
        number = find_e164(written, country=self._org.country)
        if not number:
            raise forms.ValidationError(PHONE_UNREADABLE)
        answered = PhoneNumberMapping.objects.filter(phone_number=number, is_wanted=True)
        if answered.exists() or TwilioAccount.objects.filter(phone_number=number).exists():
            raise forms.ValidationError(OWN_NUMBER)
        return number

    def values(self) -> dict[str, Any]:
        """What was chosen, as `contacts.notifications` takes it."""
        amount = self.cleaned_data["fallback_value"]
        return {
            "hot_lead_alert_phone": self.cleaned_data["alert_phone"],
            "fallback_value_minor": to_minor(amount, self._org.currency) if amount else None,
        }
