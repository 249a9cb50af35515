"""The forms at the desk: a new appointment, another time, a cancellation."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from contacts.models import Service
from orgs.models import Organization
from scheduling.errors import CalendarBusy
from scheduling.models import Practitioner
from voxanne.errors import DomainError

_AS_TYPED = ("contact_name", "phone_number", "email", "notes", "outside_hours", "over_calendar")
_FIELD_OF = {"scheduled_at": "day", "service_id": "service", "practitioner_id": "practitioner"}


class _WhenForm(forms.Form):
    """A day and a time by the clinic's clock. Where a calendar is busy then, it may be overruled."""

    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    at = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"))

    over_calendar = forms.BooleanField(
        label="Use this time anyway",
        required=False,
        help_text="The event in the calendar stays as it is: make sure that both can be true.",
    )
    _calendar_is_busy = False

    @property
    def may_overrule(self) -> bool:
        """Whether the question to overrule the calendar is asked: only once it is one."""
        return self._calendar_is_busy or bool(self["over_calendar"].value())

    def starts_at(self) -> str:
        """ISO 8601 without an offset: meant by the clinic's clock."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["at"]).isoformat(timespec="minutes")

    def refuse(self, refused: DomainError) -> None:
        """Say a refusal at its fields, or above the form."""
        self._calendar_is_busy = isinstance(refused, CalendarBusy)
        if not refused.fields:
            self.add_error(None, refused.message)
        for name, problems in refused.fields.items():
            field = _FIELD_OF.get(name, name)
            self.add_error(field if field in self.fields else None, problems)


def with_choice(data: QueryDict) -> QueryDict:
    """What was sent, with the alternative that was clicked (`2026-11-24T10:00|7`) in place of the time."""
    taken, _, practitioner = data.get("take", "").partition("|")
    day, _, at = taken.partition("T")
    if not at:
        return data
    changed = data.copy()
    changed["day"], changed["at"] = day, at
    if practitioner:
        changed["practitioner"] = practitioner
    return changed


class NewAppointmentForm(_WhenForm):
    """Booking for somebody at the desk or on the telephone."""

    field_order = ["contact_name", "phone_number", "email", "service", "practitioner", "day", "at", "notes"]

    contact_name = forms.CharField(
        label="Patient", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone_number = forms.CharField(
        label="Phone",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label="Email", required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    service: Any = forms.ModelChoiceField(
        label="Service", queryset=None, required=False, empty_label="No particular service"
    )
    practitioner: Any = forms.ModelChoiceField(
        label="With", queryset=None, required=False, empty_label="Whoever is free"
    )
    notes = forms.CharField(label="Notes", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    outside_hours = forms.BooleanField(label="Book it outside opening hours", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "service", Service.objects.filter(is_active=True).order_by("name"))
        _offer(self, "practitioner", Practitioner.objects.filter(is_active=True).order_by("id"))

    def wish(self, *, key: str) -> dict[str, Any]:
        """What was typed, by the names of the API."""
        typed = self.cleaned_data
        return {
            "scheduled_at": self.starts_at(),
            "service_id": typed["service"].pk if typed["service"] else None,
            "practitioner_id": typed["practitioner"].pk if typed["practitioner"] else None,
            "idempotency_key": key,
            **{name: typed[name] for name in _AS_TYPED},
        }


class MoveForm(_WhenForm):
    """Another time, or another practitioner."""

    practitioner: Any = forms.ModelChoiceField(label="With", queryset=None, empty_label=None)
    outside_hours = forms.BooleanField(label="Also outside opening hours", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "practitioner", Practitioner.objects.filter(is_active=True).order_by("id"))

    def change(self) -> dict[str, Any]:
        """What was typed, by the names of the API."""
        return {
            "scheduled_at": self.starts_at(),
            "practitioner_id": self.cleaned_data["practitioner"].pk,
            "outside_hours": self.cleaned_data["outside_hours"],
            "over_calendar": self.cleaned_data["over_calendar"],
        }


def initial_when(moment: datetime, org: Organization) -> dict[str, Any]:
    """A moment as the form shows it."""
    local = moment.astimezone(org.zone)
    return {"day": local.date(), "at": local.time().replace(second=0, microsecond=0)}


def _offer(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
