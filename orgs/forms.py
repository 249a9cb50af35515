"""The forms of people and organisations."""

from typing import Any

import phonenumbers
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from orgs.accounts import EMAIL_TAKEN
from orgs.models import Organization, Role, User
from orgs.services import NewOrganization, create_organization
from orgs.validators import time_zones

PHONE_UNREADABLE = "Enter a whole phone number, such as 020 7946 0000 or +44 20 7946 0000."
DEFAULT_ZONE = "Europe/London"
DEFAULT_COUNTRY = "GB"
_CURRENCIES = {
    "AE": "AED", "AU": "AUD", "CA": "CAD", "CH": "CHF", "DK": "DKK", "GB": "GBP", "IN": "INR", "JP": "JPY",
    "NG": "NGN", "NO": "NOK", "NZ": "NZD", "PL": "PLN", "SE": "SEK", "SG": "SGD", "US": "USD", "ZA": "ZAR",
    **dict.fromkeys(["AT", "BE", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU", "LV", "MT",
                     "NL", "PT", "SI", "SK"], "EUR"),
}  # fmt: skip


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """Sign-up opens a clinic: person, organisation, owner and what a new clinic starts with, or nothing at all."""

    field_order = ["clinic_name", "full_name", "email", "password1"]

    clinic_name = forms.CharField(
        label="Clinic name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    full_name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    # The browser fills these in; what it cannot know has a default that the person can change later.
    timezone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-guess": "timezone"}))
    country = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-guess": "country"}))

    def clean_timezone(self) -> str:
        zone: str = self.cleaned_data["timezone"]
        return zone if zone in time_zones() else DEFAULT_ZONE

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].upper()
        return country if country in _CURRENCIES else DEFAULT_COUNTRY

    def signup(self, request: HttpRequest, user: User) -> None:
        """Open the clinic; allauth calls this between saving the person and the email address."""
        facts = self.cleaned_data
        new = NewOrganization(
            name=facts["clinic_name"],
            country=facts["country"],
            timezone=facts["timezone"],
            currency=_CURRENCIES[facts["country"]],
        )
        create_organization(new=new, owner=user)

    def save(self, request: HttpRequest) -> User:
        with transaction.atomic():
            user: User = super().save(request)
        return user

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """As allauth's; when the same address signed up in the same moment, send the person to sign in."""
        try:
            result: tuple[User | None, HttpResponse | None] = super().try_save(request)
        except IntegrityError:
            if not User.objects.filter(email=self.cleaned_data["email"]).exists():
                raise
            messages.error(request, EMAIL_TAKEN)
            return None, redirect("account_login")
        return result


class JoinForm(forms.Form):
    """What an invited person without an account fills in; the address is the invitation's."""

    full_name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, full_name=self.cleaned_data.get("full_name", "")))
        return password


class InviteForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label="Email address", max_length=254)
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.MEMBER)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(label="Role", choices=roles, initial=Role.MEMBER)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """The clinic as callers and the calendar know it."""

    timezone = forms.ChoiceField(
        label="Time zone",
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(time_zones())],
    )
    phone = forms.CharField(
        label="Main phone number",
        required=False,
        max_length=32,
        help_text="The number that patients call today.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    class Meta:
        model = Organization
        fields = ["name", "address", "timezone", "phone"]
        labels = {"name": "Clinic name"}
        help_texts = {"address": "Your receptionist tells it to callers who ask for the way."}
        widgets = {"address": forms.TextInput(attrs={"autocomplete": "street-address"})}

    def clean_phone(self) -> str:
        """Accept a number as people write it in the clinic's country; keep E.164."""
        written: str = self.cleaned_data["phone"]
        if not written:
            return ""
        try:
            number = phonenumbers.parse(written, self.instance.country)
        except phonenumbers.NumberParseException as error:
            raise forms.ValidationError(PHONE_UNREADABLE) from error
        if not phonenumbers.is_possible_number(number):
            raise forms.ValidationError(PHONE_UNREADABLE)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
