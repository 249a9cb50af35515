"""What is typed about somebody who waits."""

from datetime import date
from typing import Any

from django import forms

from contacts.models import Service
from scheduling.models import Practitioner, WaitlistEntry, WantedPart
from scheduling.waitlist.joining import LONGEST_NOTES, Waiting
from scheduling.waitlist.selectors import WaitlistFilters
from voxanne.errors import DomainError

_FIELD_OF = {"phone": "phone_number"}


class WaitlistFilterForm(forms.Form):
    """The list's search and filters; what makes no sense narrows nothing."""

    view = forms.CharField(required=False)
    q = forms.CharField(required=False, max_length=80)
    service = forms.UUIDField(required=False)

    def filters(self) -> WaitlistFilters:
        """What can be understood of the address."""
        self.is_valid()
        known = self.cleaned_data
        return WaitlistFilters(
            shows_past=known.get("view") == "past", q=known.get("q", ""), service_id=known.get("service")
        )


class WishForm(forms.Form):
    """What somebody waits for."""

    service: Any = forms.ModelChoiceField(label="Service", queryset=None, required=False, empty_label="Any service")
    practitioner: Any = forms.ModelChoiceField(label="With", queryset=None, required=False, empty_label="Anybody")
    first_day = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Leave it empty for one day.",
    )
    part_of_day = forms.ChoiceField(label="Time of day", choices=WantedPart.choices)
    notes = forms.CharField(
        label="Notes", required=False, max_length=LONGEST_NOTES, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("service", Service.objects.filter(is_active=True).order_by("name"))
        self._offer("practitioner", Practitioner.objects.filter(is_active=True).order_by("id"))

    def wish(self) -> dict[str, Any]:
        """What was typed, by the names of `WaitlistEntry`."""
        typed = self.cleaned_data
        last_day: date = typed["last_day"] or typed["first_day"]
        return {
            **{name: typed[name] for name in ("service", "practitioner", "first_day", "notes")},
            "last_day": last_day,
            "part_of_day": WantedPart(typed["part_of_day"]),
        }

    def refuse(self, refused: DomainError) -> None:
        """Say a refusal at its fields, or above the form."""
        if not refused.fields:
            self.add_error(None, refused.message)
        for name, problems in refused.fields.items():
            field = _FIELD_OF.get(name, name)
            self.add_error(field if field in self.fields else None, problems)

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows


class NewEntryForm(WishForm):
    """Somebody who wants to wait."""

    contact_name = forms.CharField(
        label="Patient", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone_number = forms.CharField(
        label="Mobile",
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text="Where we text them when a time becomes free.",
    )

    def waiting(self) -> Waiting:
        """What was typed, for `join_waitlist`."""
        typed = self.cleaned_data
        return Waiting(patient_name=typed["contact_name"], phone=typed["phone_number"], **self.wish())


def initial_wish(entry: WaitlistEntry) -> dict[str, Any]:
    """What an entry says, as the form shows it."""
    return {
        "service": entry.service_id,
        "practitioner": entry.practitioner_id,
        "first_day": entry.first_day,
        "last_day": entry.last_day,
        "part_of_day": entry.part_of_day,
        "notes": entry.notes,
    }
