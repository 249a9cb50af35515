"""The forms of people and organisations."""

from django import forms


class SignupForm(forms.Form):
    """Extra fields of sign-up."""

    def signup(self, request: object, user: object) -> None:
        """Filled in with the clinic."""
