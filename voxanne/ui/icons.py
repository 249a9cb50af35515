"""Lucide icons as inline SVG, rendered once a process and size."""

from __future__ import annotations

import functools

import lucide
from django.utils.safestring import SafeString, mark_safe

SIZE_PX = 18
STROKE = 1.75


@functools.lru_cache(maxsize=512)
def render_icon(name: str, size_px: int = SIZE_PX, css_class: str = "") -> SafeString:
    """Return the icon as an <svg> hidden from assistive technology; raise IconDoesNotExist."""
    extra = {"class": css_class} if css_class else {}
    svg = lucide._render_icon(  # noqa: SLF001 - the package's own template tags are thin wrappers over it
        name, size_px, stroke_width=STROKE, aria_hidden="true", focusable="false", **extra
    )
    return mark_safe(" ".join(svg.split()))  # noqa: S308 - markup of the icon package, no input from people
