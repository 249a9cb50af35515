"""What people type on the page of messages."""

from django import forms

from telephony.selectors import MessageFilters


class FilterForm(forms.Form):
    """The list's filters, from the address. What cannot be understood is left out, never an error page."""

    q = forms.CharField(required=False, max_length=60)
    channel = forms.CharField(required=False, max_length=12)
    direction = forms.CharField(required=False, max_length=10)
    status = forms.CharField(required=False, max_length=12)

    def filters(self) -> MessageFilters:
        """The filters that are usable."""
        self.is_valid()
        return MessageFilters(**{name: self.cleaned_data.get(name) or "" for name in self.fields})
