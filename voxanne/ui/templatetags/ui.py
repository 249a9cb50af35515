"""Tags the components are made of: icons, controls of forms, sparklines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol
from urllib.parse import urlencode

from django import forms, template
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from voxanne.ui.forms import kind_of, render_control
from voxanne.ui.fragments import Fact, draw_fragment
from voxanne.ui.icons import SIZE_PX, render_icon
from voxanne.ui.library_words import help_of, label_of
from voxanne.ui.library_words import sentence_case as to_sentence_case
from voxanne.ui.sparklines import render_sparkline

register = template.Library()


class Measure(Protocol):
    """Something that a chart can show."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...


@register.simple_tag
def icon(name: str, size: int = SIZE_PX, css_class: str = "") -> SafeString:
    """Draw a Lucide icon, hidden from assistive technology: always beside a word or a label."""
    return render_icon(str(name), size, css_class)


@register.simple_tag
def fragment(template: str, reads: str, **facts: Fact) -> SafeString:
    """Draw a template that depends on these facts alone, once for all rows that share them."""
    return draw_fragment(template, reads, **facts)


@register.simple_tag
def number_rows(rows: Iterable[tuple[str, object]]) -> SafeString:
    """Draw the rows of a chart's table: a label and its number each."""
    return format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', rows)


@register.simple_tag
def sparkline(values: Sequence[float]) -> SafeString:
    """Draw a small line of values."""
    return render_sparkline(values)


@register.filter
def control(field: BoundField) -> SafeString:
    """Render a form field's control alone."""
    return render_control(field)


@register.filter
def control_kind(field: BoundField) -> str:
    """Say how a form field is laid out: "text", "check" or "choices"."""
    return kind_of(field)


@register.filter
def label(field: BoundField) -> str:
    """Say a form field's label."""
    return label_of(field)


@register.filter
def explained(field: BoundField) -> SafeString:
    """Say a form field's help; the links in it are the form's own."""
    return mark_safe(help_of(field))  # noqa: S308 - written by the form, never by people


@register.filter(is_safe=True)
def sentence_case(words: str) -> str:
    """Say a library's heading as this interface does."""
    return to_sentence_case(words)


@register.filter
def has_errors(form: forms.BaseForm) -> bool:
    """Say whether a form was refused."""
    return form.is_bound and bool(form.errors)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """Return the page's query string with these parameters set, or removed when empty.

    A cursor never survives a change of filter.
    """
    request: HttpRequest = context["request"]
    kept = [(key, value) for key, values in request.GET.lists() for value in values if key not in changes]
    kept = [(key, value) for key, value in kept if key not in {"cursor", "shown"} and value]
    added = [(key, str(value)) for key, value in changes.items() if value not in (None, "")]
    encoded = urlencode(kept + added)
    return f"?{encoded}" if encoded else request.path


@register.simple_tag(takes_context=True)
def period_choices(context: template.Context, days: int) -> list[tuple[str, str, bool]]:
    """Return the periods of a chart for <c-segmented>: (href, words, is_current)."""
    return [(query(context, days=choice), f"{choice} days", choice == days) for choice in (7, 30, 90)]


@register.simple_tag(takes_context=True)
def measure_choices(context: template.Context, measures: Iterable[Measure], chosen: str) -> list[tuple[str, str, bool]]:
    """Return what a chart can show for <c-segmented>: (href, words, is_current)."""
    return [(query(context, show=one.value), one.label, one.value == chosen) for one in measures]


@register.simple_tag(takes_context=True)
def allowed(context: template.Context, permission: str) -> bool:
    """Say whether the signed-in member's role has a permission."""
    return bool(context["shell"].allows(permission))


@register.filter
def times(count: int) -> Iterable[int]:
    """Return a range to loop over."""
    return range(int(count))


@register.simple_tag
def setting(name: str) -> object:
    """Return one of the few settings that templates may read."""
    allowed = {"SUPPORT_EMAIL"}
    if name not in allowed:
        message = f"Templates may read {sorted(allowed)} only, not {name}."
        raise template.TemplateSyntaxError(message)
    return getattr(settings, name, "")
