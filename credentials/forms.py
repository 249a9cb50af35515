"""The forms in which credentials are typed: write-only, checked by the same rules as the API."""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from credentials.fields import FIELDS, Field
from credentials.types import Provider, ProviderStatus
from voxanne.errors import DomainError

DOTS = "••••••••"
REMOVE = "remove"


class ProviderForm(forms.Form):
    """One provider's fields. What is stored shows as its mask and stays when its field is left empty.

    An optional value is taken away by ticking its box, whose name is `REMOVE` and whose value is the field's name.

    The service checks the shape; `refuse` puts what it says beside the fields.
    """

    def __init__(
        self, data: QueryDict | None = None, *, provider: Provider, status: ProviderStatus | None = None, **options: Any
    ) -> None:
        super().__init__(data, auto_id=f"{provider.value}_%s", **options)
        self._removed = set(data.getlist(REMOVE)) if data is not None else set()
        for field in FIELDS[provider]:
            self.fields[field.name] = made = _form_field(field, status)
            made.is_removed = field.name in self._removed  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        """Nothing is checked here."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def given(self) -> dict[str, str]:
        """What was typed, by the API's names; an optional value that was neither typed nor ticked is left out."""
        typed = {name: str(self.data.get(name, "")) for name in self.fields}
        return {
            name: text
            for name, text in typed.items()
            if text.strip() or self.fields[name].required or name in self._removed
        }

    def refuse(self, refused: DomainError) -> None:
        """Show what the service said: beside the fields that it names, else above the form."""
        for name, sentences in refused.fields.items():
            self.add_error(name, list(sentences))
        if not refused.fields:
            self.add_error(None, refused.message)


def _form_field(field: Field, status: ProviderStatus | None) -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    if field.is_secret:
        widget: forms.Widget = forms.PasswordInput(attrs={**attrs, "autocomplete": "new-password"})
    else:
        widget = forms.TextInput(attrs={**attrs, "type": field.kind})
    made = forms.CharField(label=field.label, help_text=field.help, required=not field.is_optional, widget=widget)
    made.mask = _mask(field, status)  # type: ignore[attr-defined]
    made.removal = f"Remove the {field.label_in_sentence}" if field.is_optional else ""  # type: ignore[attr-defined]
    made.label_of_new = f"New {field.label_in_sentence}"  # type: ignore[attr-defined]
    return made


def _mask(field: Field, status: ProviderStatus | None) -> str:
    """What stands for the stored value, "" when none is."""
    if status is None or not status.is_active:
        return ""
    shown = status.metadata.get(field.mask) if field.mask else field.is_secret
    if field.is_secret:
        return DOTS if shown else ""
    return str(shown or "")
