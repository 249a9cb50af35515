"""The form of an agent's own Twilio account."""

from typing import Any

import phonenumbers
from django import forms

from agents.twilio import OwnTwilio
from voxanne.errors import DomainError

_OF_API = {"accountSid": "account_sid", "authToken": "auth_token", "phoneNumber": "phone_number"}


class _Typed(forms.CharField):
    """A field whose rules are the account's own (`credentials.fields`), so that all that is wrong is said at once."""

    def validate(self, value: Any) -> None:
        """Nothing here: an empty token means the stored one."""


class AgentTwilioForm(forms.Form):
    """Account, token and number. The token is never shown again: its mask stands there, and empty keeps it."""

    account_sid = _Typed(
        label="Account SID",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "AC…"}),
    )
    auth_token = _Typed(
        label="Auth token",
        max_length=128,
        help_text="Both stand on the first page of the Twilio console.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    phone_number = _Typed(
        label="Phone number",
        max_length=32,
        help_text="A number of that account that can take calls.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, own: OwnTwilio | None, country: str, **kwargs: Any) -> None:
        self._country = country
        if own is not None:
            kwargs.setdefault("initial", {"account_sid": own.account_sid, "phone_number": own.phone_number})
        super().__init__(*args, **kwargs)
        if own is not None and not own.problem:
            token = self.fields["auth_token"]
            token.widget.attrs["placeholder"] = own.masked_token
            token.help_text = "Leave it empty to keep this one, or enter another to replace it."

    def clean_phone_number(self) -> str:
        """Accept a number as people write it in the clinic's country; what is none is left as it was typed."""
        written: str = self.cleaned_data["phone_number"]
        try:
            number = phonenumbers.parse(written, self._country)
        except phonenumbers.NumberParseException:
            return written
        if not phonenumbers.is_possible_number(number):
            return written
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def given(self) -> dict[str, Any]:
        """What was typed, by the names of the API."""
        return {name: self.cleaned_data[field] for name, field in _OF_API.items()}

    def refuse(self, refused: DomainError) -> None:
        """Say a refusal at its fields, or above the form."""
        if not refused.fields:
            self.add_error(None, refused.message)
        for name, problems in refused.fields.items():
            self.add_error(_OF_API.get(name), problems)
