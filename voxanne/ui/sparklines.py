"""A small line of recent values as SVG, drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 120, 28
_INSET = 2


def render_sparkline(values: Sequence[float]) -> SafeString:
    """Draw values left to right from a zero baseline; fewer than two, or nothing but zeros, give nothing to draw."""
    if len(values) < 2 or not any(values):
        return SafeString("")
    top = max(*values, 0) or 1
    step = WIDTH / (len(values) - 1)
    room = HEIGHT - 2 * _INSET
    line = " ".join(
        f"{index * step:.1f},{HEIGHT - _INSET - room * max(value, 0) / top:.1f}" for index, value in enumerate(values)
    )
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<polygon class="area" points="0,{} {} {},{}"/>'
        '<polyline points="{}" vector-effect="non-scaling-stroke"/></svg>',
        WIDTH, HEIGHT, HEIGHT, line, WIDTH, HEIGHT, line,
    )  # fmt: skip
