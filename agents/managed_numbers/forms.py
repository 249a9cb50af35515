"""What people choose when they look for a number, buy one or have another agent answer it."""

from typing import Any

from django import forms

from agents.models import Agent
from telephony.models import NumberType
from voxanne.errors import DomainError

COUNTRIES = {
    "US": "United States", "CA": "Canada", "GB": "United Kingdom", "IE": "Ireland", "AU": "Australia",
    "NZ": "New Zealand", "DE": "Germany", "AE": "United Arab Emirates",
}  # fmt: skip
_OF_API = {"country": "country", "type": "kind", "areaCode": "area_code", "contains": "contains"}


class NumberSearchForm(forms.Form):
    """A search among the numbers for sale; it stands in the address."""

    country = forms.ChoiceField(label="Country", choices=list(COUNTRIES.items()))
    kind = forms.ChoiceField(label="Kind", choices=NumberType.choices, required=False, initial=NumberType.LOCAL)
    area_code = forms.CharField(
        label="Area code",
        required=False,
        max_length=8,
        help_text="Three digits; United States and Canada only.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    contains = forms.CharField(
        label="Contains",
        required=False,
        max_length=24,
        help_text="Digits in a row, such as 7946; * stands for any one.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    takes_texts = forms.BooleanField(label="Takes texts too", required=False)

    def refuse(self, refused: DomainError) -> None:
        """Say a refusal at its fields, or above the form."""
        if not refused.fields:
            self.add_error(None, refused.message)
        for name, problems in refused.fields.items():
            self.add_error(_OF_API.get(name), problems)


class AgentChoiceForm(forms.Form):
    """Who answers a number."""

    agent = forms.ChoiceField(label="Agent")

    def __init__(self, *args: Any, agents: list[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].choices = [(str(agent.pk), agent.name) for agent in agents]  # type: ignore[attr-defined]
