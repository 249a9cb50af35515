"""The forms of a clinic's diary settings: closures, people, and the rules of booking."""

from typing import Any
from uuid import UUID

from django import forms

from contacts.models import DAY_MINUTES, Service
from scheduling.booking_rules import RULES, say_span
from scheduling.closures import Away
from scheduling.models import Practitioner, SchedulingSettings
from voxanne.errors import DomainError

MOST_NOTICE_H = 30 * 24
MOST_AHEAD_DAYS = 730
STEPS = (5, 10, 15, 20, 30, 45, 60, 90, 120)
_UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}


class _RefusableForm(forms.Form):
    def refuse(self, refused: DomainError) -> None:
        """Say a refusal at its fields, or above the form."""
        if not refused.fields:
            self.add_error(None, refused.message)
        for name, problems in refused.fields.items():
            self.add_error(name if name in self.fields else None, problems)


class ClosureForm(_RefusableForm):
    """Days off: of the clinic or of one person, whole or in part."""

    first_day = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(
        label="Last day",
        required=False,
        help_text="Leave it out for one day.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    starts_at = forms.TimeField(
        label="From time",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
    )
    ends_at = forms.TimeField(
        label="Until time",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        help_text="Leave both times out for whole days.",
    )
    practitioner: Any = forms.ModelChoiceField(
        label="Who is away", queryset=None, required=False, empty_label="The whole clinic"
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=120,
        help_text="Of a whole day off of the clinic, callers may be told it: “Christmas”, “Training”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["practitioner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Practitioner.objects.order_by("-is_active", "id")

    def away(self) -> Away:
        """What was typed."""
        typed = self.cleaned_data
        return Away(
            first_day=typed["first_day"],
            last_day=typed["last_day"] or typed["first_day"],
            **{name: typed[name] for name in ("starts_at", "ends_at", "practitioner", "reason")},
        )


class PersonForm(_RefusableForm):
    """What somebody is called."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="As callers say it: “Dr Okoye”, “Room 2”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SkillsForm(_RefusableForm):
    """Which services somebody does."""

    services = forms.MultipleChoiceField(label="What they do", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["services"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(service.pk), service.name) for service in services]

    def chosen(self) -> set[UUID]:
        return {UUID(value) for value in self.cleaned_data["services"]}


class SchedulingSettingsForm(forms.Form):
    """What callers may do by themselves, and what waits for a person."""

    callers_may_change = forms.BooleanField(
        label="Callers may move and cancel appointments by themselves",
        required=False,
        help_text="Only their own, and only once they have said a second fact that fits.",
    )
    change_notice = forms.IntegerField(
        label="Until how many hours before",
        min_value=0,
        max_value=MOST_NOTICE_H,
        help_text="Later than that, the receptionist says that your team has to do it.",
    )
    needs_approval = forms.BooleanField(
        label="Your team confirms what the receptionist books",
        required=False,
        help_text="Its time is kept meanwhile. Such appointments are marked “Waits for you” in the diary.",
    )

    def chosen(self) -> dict[str, int | bool]:
        """What was typed, by the names of the settings."""
        typed = self.cleaned_data
        return {
            "callers_may_change": typed["callers_may_change"],
            "needs_approval": typed["needs_approval"],
            "change_notice_minutes": typed["change_notice"] * 60,
        }

    @staticmethod
    def values_of(rules: SchedulingSettings) -> dict[str, int | bool]:
        """Stored settings as the form shows them; a part of an hour counts as one."""
        return {
            "callers_may_change": rules.callers_may_change,
            "needs_approval": rules.needs_approval,
            "change_notice": -(-rules.change_notice_minutes // 60),
        }


class ServiceRulesForm(forms.Form):
    """How visits for a service are placed."""

    duration_minutes = forms.IntegerField(label="How long it takes, in minutes", min_value=5, max_value=DAY_MINUTES)
    buffer_before_minutes = forms.IntegerField(label="Kept free before it, in minutes", min_value=0, max_value=480)
    buffer_after_minutes = forms.IntegerField(label="Kept free after it, in minutes", min_value=0, max_value=480)
    notice = forms.IntegerField(label="How long before at the latest", min_value=0, max_value=10_000)
    notice_unit = forms.ChoiceField(label="Counted in", choices=[(unit, unit) for unit in _UNITS])
    horizon_days = forms.IntegerField(label="How many days ahead", min_value=1, max_value=MOST_AHEAD_DAYS)
    slot_step_minutes = forms.TypedChoiceField(
        label="A start every", coerce=int, help_text="Counted from when you open. Your team can book any minute."
    )
    share = forms.BooleanField(label="Use this notice, days ahead and step for all services", required=False)

    def __init__(self, data: Any = None, *, service: Service) -> None:
        super().__init__(data, initial=_values_of(service))
        steps = sorted({*STEPS, service.slot_step_minutes})
        field = self.fields["slot_step_minutes"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(step, say_span(step)) for step in steps]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if "notice" in typed and "notice_unit" in typed:
            typed["minimum_notice_minutes"] = typed["notice"] * _UNITS[typed["notice_unit"]]
            if typed["minimum_notice_minutes"] >= typed.get("horizon_days", MOST_AHEAD_DAYS) * DAY_MINUTES:
                self.add_error("notice", "Nothing could be booked: this is further than how many days ahead.")
        return typed

    def rules(self) -> dict[str, int]:
        """What was typed, by the names of the service."""
        return {name: self.cleaned_data[name] for name in RULES}


def _values_of(service: Service) -> dict[str, Any]:
    notice = service.minimum_notice_minutes
    unit = next((unit for unit in ("days", "hours") if notice and not notice % _UNITS[unit]), "minutes")
    kept = ("duration_minutes", "buffer_before_minutes", "buffer_after_minutes", "horizon_days", "slot_step_minutes")
    return {
        **{name: getattr(service, name) for name in kept},
        "notice": notice // _UNITS[unit],
        "notice_unit": unit,
    }
