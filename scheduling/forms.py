"""Reading what stands in an address; what makes no sense narrows nothing."""

from django import forms

from scheduling.selectors import AppointmentFilters

_BIGGEST_ID = 2**63 - 1


class FilterForm(forms.Form):
    """The list's search and filters."""

    view = forms.CharField(required=False)
    q = forms.CharField(required=False, max_length=80)
    practitioner = forms.IntegerField(required=False, min_value=1, max_value=_BIGGEST_ID)

    def filters(self) -> AppointmentFilters:
        """What can be understood of the address."""
        self.is_valid()
        known = self.cleaned_data
        return AppointmentFilters(
            shows_past=known.get("view") == "past",
            q=known.get("q", ""),
            practitioner_id=known.get("practitioner"),
        )
