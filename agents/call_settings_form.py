"""The form in which a clinic makes its choices for calls."""

from typing import Any

import phonenumbers
from django import forms

from agents.call_settings import CHOICES
from orgs.models import IntegrationSettings
from telephony.models import PhoneNumberMapping

PHONE_UNREADABLE = "Enter a whole phone number, such as 020 7946 0000 or +44 20 7946 0000."
LEADS_BACK = "Your agent answers this number: calls would go in circles. Enter one that people answer."
MAX_A_DAY = 10_000

_LABELS = {
    "call_routing": "Who answers",
    "transfer_phone_number": "Number for putting callers through",
    "greet_by_name": "Greet known callers by name",
    "caller_memory_enabled": "Remember callers",
    "recording_enabled": "Record calls",
    "recording_consent_message": "What callers hear about recording",
    "live_transcripts": "Show what is said while a call goes on",
    "quiet_hours_start": "Call nobody from",
    "quiet_hours_end": "until",
    "outbound_cap_per_contact": "Calls to one contact a day, at most",
    "outbound_cap_per_day": "Calls out a day, at most",
    "outbound_concurrency": "Calls out at once, at most",
    "webhook_auth": "How Vapi proves that a message is its own",
}
_HELP = {
    "call_routing": "Greeting by name, memory and blocked callers need us to be asked.",
    "transfer_phone_number": "A person's telephone: for callers who ask, while an agent is off, during opening hours "
    "of an agent that answers after hours only, and when we cannot be reached.",
    "greet_by_name": "“Hi Ana, thanks for calling”, where the number stands for one person. It proves nothing more.",
    "caller_memory_enabled": "The agent knows the last call, the next appointment and your notes, and tells none of it "
    "before the caller has said a second fact that fits. You can switch it off for one caller on their call's page.",
    "recording_consent_message": "Spoken in every greeting while calls are recorded. Ask your lawyer what it must say.",
    "quiet_hours_start": "By your clinic's clock. Equal times mean no quiet hours.",
    "webhook_auth": "Leave it as it is unless your security team asks for signatures.",
}


class CallSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """All choices at once; the service finds out which changed."""

    transfer_phone_number = forms.CharField(
        required=False, max_length=32, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    outbound_cap_per_contact = forms.IntegerField(min_value=1, max_value=50)
    outbound_cap_per_day = forms.IntegerField(min_value=1, max_value=MAX_A_DAY)
    outbound_concurrency = forms.IntegerField(min_value=1, max_value=50)

    class Meta:
        model = IntegrationSettings
        fields = CHOICES
        widgets = {
            "call_routing": forms.RadioSelect,
            "webhook_auth": forms.RadioSelect,
            "quiet_hours_start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_hours_end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, country: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._country = country
        for name, field in self.fields.items():
            field.label, field.help_text = _LABELS[name], _HELP.get(name, "")

    def clean_transfer_phone_number(self) -> str:
        """Accept a number as people write it in the clinic's country; keep E.164."""
        written: str = self.cleaned_data["transfer_phone_number"]
        if not written:
            return ""
        try:
            number = phonenumbers.parse(written, self._country)
        except phonenumbers.NumberParseException as error:
            raise forms.ValidationError(PHONE_UNREADABLE) from error
        if not phonenumbers.is_possible_number(number):
            raise forms.ValidationError(PHONE_UNREADABLE)
        dialled: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if PhoneNumberMapping.objects.filter(phone_number=dialled, is_wanted=True).exists():
            raise forms.ValidationError(LEADS_BACK)
        return dialled
