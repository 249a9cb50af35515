"""What people send to have somebody called."""

from django import forms


class CallMeForm(forms.Form):
    """Whose telephone is to ring."""

    phone = forms.CharField(
        label="Your phone number",
        max_length=40,
        help_text="A phone that you can pick up now. It rings within seconds, also in quiet hours.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
