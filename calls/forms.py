"""What people type on the call pages."""

from django import forms

from calls.actions.follow_up import LONGEST
from calls.selectors import CallFilters, CallOrder
from voxanne.ui.fields import LinesField


class FilterForm(forms.Form):
    """The list's filters, from the address. What cannot be understood is left out, never an error page."""

    q = forms.CharField(required=False, max_length=60)
    outcome = forms.CharField(required=False, max_length=12)
    direction = forms.CharField(required=False, max_length=10)
    sentiment = forms.CharField(required=False, max_length=12)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    min_value = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    recording = forms.BooleanField(required=False)
    sort = forms.ChoiceField(required=False, choices=CallOrder.choices)

    def filters(self) -> CallFilters:
        """The filters that are usable."""
        self.is_valid()
        data = self.cleaned_data
        return CallFilters(
            q=data.get("q") or "",
            outcome=data.get("outcome") or "",
            direction=data.get("direction") or "",
            sentiment=data.get("sentiment") or "",
            since=data.get("since"),
            until=data.get("until"),
            min_value=data.get("min_value"),
            recording="1" if data.get("recording") else "",
            sort=CallOrder(data.get("sort") or CallOrder.NEWEST),
        )


class SimulationForm(forms.Form):
    """Which call to play, and how fast."""

    scenario = forms.CharField(max_length=40)
    caller = forms.UUIDField(required=False)
    pace = forms.ChoiceField(choices=[("fast", "Fast"), ("real", "As a real call")], required=False)


class FollowUpForm(forms.Form):
    """A text to whoever was on the line."""

    message = LinesField(
        label="Your text",
        max_length=LONGEST,
        help_text="It goes out from your clinic's number. Emoji and some accents make one text count as two or three.",
        widget=forms.Textarea(attrs={"rows": 4, "data-count": LONGEST, "data-segments": "", "autofocus": True}),
    )


class ShareForm(forms.Form):
    """Who is to hear a recording."""

    email = forms.EmailField(
        label="Their email address",
        max_length=254,
        help_text="They get a link that works for 24 hours, without signing in. Whoever has it can listen.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
