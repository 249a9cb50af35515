"""Forms of the wizard that brings a clinic's own line to its agent."""

from collections.abc import Sequence
from typing import Any

import phonenumbers
from django import forms

from telephony.forwarding.carriers import COUNTRIES, list_networks
from telephony.forwarding.errors import InvalidPhone
from telephony.forwarding.lines import read_line_as_typed
from telephony.forwarding.types import ForwardingChoice
from telephony.models import ForwardingType, HybridForwardingConfig
from telephony.models.forwarding import LONGEST_NAME, SHORTEST_RING_S, USUAL_RING_S
from voxanne.errors import DomainError

CODE_DIGITS = 6
RING_STEP_S, LONGEST_SLIDE_S = 5, 30
_NOT_A_NUMBER = "We cannot read that as a phone number. Write it as you would dial it, such as {example}."


def country_choices(*, also: str = "") -> list[tuple[str, str]]:
    """The countries of the catalogue, and one more that somebody is in."""
    known = list(COUNTRIES.items())
    return known if not also or also in COUNTRIES else [*known, (also, also)]


class NumberForm(forms.Form):
    """Step 1: which line."""

    country = forms.ChoiceField(label="Country")
    number = forms.CharField(
        label="The number that your patients call",
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    name = forms.CharField(
        label="What you call this line",
        max_length=LONGEST_NAME,
        required=False,
        help_text="Such as “Front desk”. Only your team sees it.",
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._home = country
        field: Any = self.fields["country"]
        field.choices = country_choices(also=country)
        field.initial = country

    def clean(self) -> dict[str, Any]:
        """The number in E.164, under `line`."""
        given = super().clean() or {}
        typed, country = given.get("number"), given.get("country") or self._home
        if typed:
            try:
                given["line"] = read_line_as_typed(typed, country=country)
            except InvalidPhone:
                self.add_error("number", _NOT_A_NUMBER.format(example=_example_of(country)))
            except DomainError as refused:
                self.add_error("number", refused.message)
        return given


class CodeForm(forms.Form):
    """Step 2: the code that was shown, once it was keyed in on the phone."""

    code = forms.CharField(
        label="The code that you were shown",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    # Whether the page still shows the code, so that it stays there when something else was wrong.
    shown = forms.BooleanField(required=False, widget=forms.HiddenInput)


class RangeInput(forms.NumberInput):
    """A slider."""

    input_type = "range"


class ChoiceForm(forms.Form):
    """Step 3: whose network the line is on, and which calls the agent gets."""

    country = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2)
    network = forms.ChoiceField(label="Your carrier")
    forwarding_type = forms.ChoiceField(
        label="Which calls your agent answers",
        widget=forms.RadioSelect,
        choices=[
            (
                ForwardingType.TOTAL_AI.value,
                "Total AI: your agent answers each call at once. Your line does not ring.",
            ),
            (ForwardingType.SAFETY_NET.value, "Safety net: your line rings first. Your agent answers what you miss."),
        ],
    )
    ring_seconds = forms.IntegerField(
        label="How long your line rings first",
        min_value=SHORTEST_RING_S,
        max_value=LONGEST_SLIDE_S,
        required=False,
        step_size=RING_STEP_S,
        widget=RangeInput(attrs={"class": "slider"}),
    )
    forwarding_number = forms.ChoiceField(label="Forward to", required=False)

    def __init__(
        self, *args: Any, country: str, numbers: Sequence[str], config: HybridForwardingConfig | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        networks: Any = self.fields["network"]
        networks.choices = [(row.key or "other", row.name) for row in list_networks(country)]
        forward: Any = self.fields["forwarding_number"]
        forward.choices = [(number, _spaced(number)) for number in numbers]
        if len(numbers) < 2:
            forward.widget = forms.HiddenInput()
        self.initial = {"country": country, "forwarding_type": ForwardingType.TOTAL_AI, "ring_seconds": USUAL_RING_S}
        if numbers:
            self.initial["forwarding_number"] = numbers[0]
        if config is not None:
            self.initial |= _chosen_before(config, numbers)

    def choice(self) -> ForwardingChoice:
        """What was chosen, for the service to check. The form must be valid."""
        given = self.cleaned_data
        network = "" if given["network"] == "other" else given["network"]
        return ForwardingChoice(
            forwarding_type=given["forwarding_type"],
            carrier="" if network else "international",
            network=network,
            country=given["country"],
            forwarding_number=given["forwarding_number"],
            ring_seconds=given["ring_seconds"],
        )

    def refuse(self, refused: DomainError) -> None:
        """Say what the service found wrong, at the field that it means."""
        at = {"network": "network", "ringTimeSeconds": "ring_seconds", "forwardingNumber": "forwarding_number"}
        named = [(at[name], problem) for name, problems in refused.fields.items() if name in at for problem in problems]
        for name, problem in named:
            self.add_error(name, problem)
        if not named:
            self.add_error(None, refused.message)


def _chosen_before(config: HybridForwardingConfig, numbers: Sequence[str]) -> dict[str, Any]:
    slide = min(LONGEST_SLIDE_S, config.ring_time_seconds // RING_STEP_S * RING_STEP_S) or RING_STEP_S
    chosen = {"forwarding_type": config.forwarding_type, "ring_seconds": slide, "network": config.network or "other"}
    if config.twilio_forwarding_number in numbers:
        chosen["forwarding_number"] = config.twilio_forwarding_number
    return chosen


def _spaced(number: str) -> str:
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _example_of(country: str) -> str:
    found = phonenumbers.example_number(country)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.NATIONAL) if found else "+44 20 7946 0000"
