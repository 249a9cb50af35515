"""Small pieces of pages that say the same for the same facts: rendered once a process, not once a row."""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

# A word of a badge: what a state, a mood or a temperature is. Nobody's name.
Fact = str | bool | int | None
MOST_KEPT = 512


def draw_fragment(template: str, reads: str, **facts: Fact) -> SafeString:
    """The template with these facts as attributes of what it `reads`, and with nothing else: no request, no person.

    In development each is rendered anew, so that an edited template shows at once.
    """
    draw = _draw.__wrapped__ if settings.DEBUG else _draw
    return draw(template, reads, tuple(sorted(facts.items())))


@lru_cache(maxsize=MOST_KEPT)
def _draw(template: str, reads: str, facts: tuple[tuple[str, Fact], ...]) -> SafeString:
    return mark_safe(render_to_string(template, {reads: dict(facts)}))  # noqa: S308 - a template escapes by itself
