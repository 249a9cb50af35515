"""How a Django form's controls are drawn: class, description and error wired to each other."""

from __future__ import annotations

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.Select, "select"),
    (forms.widgets.Input, "input"),
)


def kind_of(field: BoundField) -> str:
    """Return "check", "choices" or "text": how the field is laid out."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "text"


def render_control(field: BoundField) -> SafeString:
    """Render the control with its class and, when it has errors or help, its description."""
    attrs: dict[str, str | bool] = {}
    widget = field.field.widget
    css = next((name for kind, name in _CLASSES if isinstance(widget, kind)), "")
    attrs["class"] = " ".join(filter(None, [widget.attrs.get("class"), css]))
    described = described_by(field)
    if described:
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    if str(field.label).lower() in str(widget.attrs.get("placeholder", "")).lower():
        attrs["placeholder"] = ""  # a label said twice
    return field.as_widget(attrs=attrs)


def described_by(field: BoundField) -> str:
    """Return the ids of what describes the control, the error first."""
    ids = []
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    if field.help_text:
        ids.append(f"{field.auto_id}_help")
    return " ".join(ids)
