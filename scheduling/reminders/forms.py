"""The form in which a clinic chooses its reminders, and the one for a sample."""

from typing import Any

from django import forms

from contacts.phones import find_e164
from orgs.models import Organization
from scheduling.models import ReminderChannel, ReminderSettings
from scheduling.reminders.choices import OFFERED_MINUTES, leads_of, say_lead
from scheduling.reminders.texts import VARIABLES, fill, longest_facts, unknown_variables, uses
from telephony.messaging.segments import count_segments

MOST_SEGMENTS = 3
LONGEST_TEXT = 640
LONGEST_EMAIL = 4000
OFF = "off"
_BY = [(ReminderChannel.SMS.value, "By SMS"), (ReminderChannel.EMAIL.value, "By email")]
_OFF_OR_BY = [(OFF, "Off"), *_BY]
EMPTY = "Write what patients are to read."
PHONE_UNREADABLE = "Enter a whole mobile number, such as 07700 900123."
TEXTS = ("sms_text", "confirmation_text", "email_subject", "email_text")


def _area(*, rows: int, longest: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-count": longest})


def _text(*, label: str, rows: int, longest: int = LONGEST_TEXT) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        widget=_area(rows=rows, longest=longest),
        error_messages={"required": EMPTY},
    )


def lead_field(minutes: int) -> str:
    """The name of the field for one of the offered leads."""
    return f"lead_{minutes}"


class ReminderSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """All choices at once; each of the offered leads is off, by SMS or by email."""

    confirmation = forms.ChoiceField(
        label="After each booking",
        choices=_OFF_OR_BY,
        help_text="A confirmation goes out at once, in quiet hours too: it answers somebody who is booking.",
    )
    sms_text = _text(label="Text of a reminder by SMS", rows=3)
    confirmation_text = _text(label="Text of a confirmation", rows=3)
    email_subject = forms.CharField(
        label="Subject of an email", max_length=150, error_messages={"required": "An email needs a subject."}
    )
    email_text = _text(label="Text of a reminder by email", rows=6, longest=LONGEST_EMAIL)

    class Meta:
        model = ReminderSettings
        fields = ("confirmation", *TEXTS, "quiet_from", "quiet_until")
        labels = {"quiet_from": "Send no reminders from", "quiet_until": "until"}
        help_texts = {
            "quiet_from": "By your clinic’s clock. A reminder due in these hours goes out shortly before them. "
            "Equal times mean no quiet hours. Calls have quiet hours of their own.",
        }
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, org: Organization, **options: Any) -> None:
        super().__init__(*args, **options)
        self._org = org
        self.initial["confirmation"] = self.instance.confirmation or OFF
        chosen = {lead.minutes: lead.channel.value for lead in leads_of(self.instance)}
        for minutes in OFFERED_MINUTES:
            self.fields[lead_field(minutes)] = forms.ChoiceField(
                label=f"{say_lead(minutes).capitalize()} before",
                choices=_OFF_OR_BY,
                initial=chosen.get(minutes, OFF),
            )

    @property
    def leads(self) -> list[forms.BoundField]:
        """The fields of the leads, the longest first."""
        return [self[lead_field(minutes)] for minutes in OFFERED_MINUTES]

    def clean_confirmation(self) -> str:
        chosen: str = self.cleaned_data["confirmation"]
        return "" if chosen == OFF else chosen

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in TEXTS:
            if name in given and (problem := self._problem_of(name, given[name])):
                self.add_error(name, problem)
        self.instance.leads = [
            {"minutes": minutes, "channel": given[lead_field(minutes)]}
            for minutes in OFFERED_MINUTES
            if given.get(lead_field(minutes), OFF) != OFF
        ]
        return given

    def _problem_of(self, name: str, text: str) -> str:
        """What is wrong with a text in a sentence, or ""."""
        if unknown := unknown_variables(text):
            return f"There is no {{{unknown[0]}}}. Use {', '.join(f'{{{known}}}' for known in VARIABLES)}."
        if uses(text, "phone") and not self._org.phone:
            return "Your clinic has no phone number yet. Add it under Clinic, or leave out {phone}."
        if name == "email_subject" and len(text.splitlines()) > 1:
            return "A subject has one line."
        if name in ("sms_text", "confirmation_text"):
            return self._problem_of_length(text)
        return ""

    def _problem_of_length(self, text: str) -> str:
        segments = count_segments(fill(text, longest_facts(self._org)))
        if segments <= MOST_SEGMENTS:
            return ""
        return (
            f"This takes {segments} texts for a patient with a long name, and each is paid for. "
            f"Shorten it to {MOST_SEGMENTS} at most; without emoji and curly quotes more fits in."
        )


class SampleForm(forms.Form):
    """Where a sample goes."""

    channel = forms.ChoiceField(label="Send it by", choices=_BY, widget=forms.RadioSelect, initial="sms")
    to = forms.CharField(
        label="Your mobile number or email address",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, country: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._country = country

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "to" not in given or "channel" not in given:
            return given
        if given["channel"] == ReminderChannel.SMS:
            given["to"] = find_e164(given["to"], country=self._country)
            if not given["to"]:
                self.add_error("to", PHONE_UNREADABLE)
            return given
        try:
            forms.EmailField().clean(given["to"])
        except forms.ValidationError as wrong:
            self.add_error("to", wrong)
        return given
