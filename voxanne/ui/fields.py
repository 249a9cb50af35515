"""Fields of forms that Django lacks."""

from typing import Any

from django import forms


class LinesField(forms.CharField):
    """A text of several lines. Browsers send two characters for a line break where people, and texts, count one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.Textarea, **options})

    def to_python(self, value: Any) -> str | None:
        """The text with plain line breaks, before its length is checked."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n").replace("\r", "\n") if text else text
