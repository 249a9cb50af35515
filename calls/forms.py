"""What people type on the call pages."""

from django import forms

from calls.selectors import CallFilters


class FilterForm(forms.Form):
    """The list's filters, from the address. What cannot be understood is left out, never an error page."""

    q = forms.CharField(required=False, max_length=60)
    outcome = forms.CharField(required=False, max_length=12)
    direction = forms.CharField(required=False, max_length=10)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def filters(self) -> CallFilters:
        """The filters that are usable."""
        self.is_valid()
        data = self.cleaned_data
        return CallFilters(
            q=data.get("q") or "",
            outcome=data.get("outcome") or "",
            direction=data.get("direction") or "",
            since=data.get("since"),
            until=data.get("until"),
        )


class SimulationForm(forms.Form):
    """Which call to play, and how fast."""

    scenario = forms.CharField(max_length=40)
    pace = forms.ChoiceField(choices=[("fast", "Fast"), ("real", "As a real call")], required=False)
