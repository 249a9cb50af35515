"""Whose diary a calendar is."""

from typing import Any

from django import forms

from scheduling.models import CalendarConnection, Practitioner


class DiaryForm(forms.Form):
    """The whole clinic, or one practitioner. Made inside org_tx."""

    practitioner: Any = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="The whole clinic", label="Whose diary is this?"
    )

    def __init__(self, *args: Any, connection: CalendarConnection, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"practitioner": connection.practitioner_id})
        kwargs.setdefault("prefix", connection.provider)
        super().__init__(*args, **kwargs)
        field = self.fields["practitioner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Practitioner.objects.filter(is_active=True).order_by("name")
        field.help_text = "Its events keep these slots from being offered."
