"""Showing that something was said and is not kept: `[CARD]` in a text as "[card details]", set apart from the words."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

WORDS = {
    "SSN": "social security number",
    "NINO": "national insurance number",
    "NHS": "NHS number",
    "ID": "passport or licence number",
    "CARD": "card details",
    "ACCOUNT": "bank details",
    "EMAIL": "email address",
    "PHONE": "phone number",
    "ADDRESS": "address",
    "DOB": "date of birth",
    "INSURANCE": "insurance number",
    "RECORD": "record number",
    "NUMBER": "number",
    "HEALTH": "health",
}
_PLACEHOLDER = re.compile(rf"\[({'|'.join(WORDS)})\]")
_SHOWN = '<span class="muted" title="Said in the call and not kept">[{}]</span>'


@register.filter
def left_out(text: str) -> SafeString:
    """The text, escaped, with plain words for what was taken out of it."""
    escaped = conditional_escape(text)
    shown = _PLACEHOLDER.sub(lambda found: format_html(_SHOWN, WORDS[found.group(1)]), escaped)
    return mark_safe(shown)  # noqa: S308 - escaped above; what is put in is ours
