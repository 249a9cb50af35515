"""Templates, and the small things they need: readable JSON, times, links in plain text."""

import json
from pathlib import Path

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from sandbox.json_types import JsonValue
from sandbox.pages.email_links import URL

HOME = Path(__file__).resolve().parent.parent
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def pretty(value: JsonValue) -> str:
    """Write JSON for reading; text that is JSON is laid out too."""
    if not isinstance(value, str):
        return json.dumps(value, indent=2, ensure_ascii=False)
    try:
        return json.dumps(json.loads(value), indent=2, ensure_ascii=False)
    except ValueError:
        return str(value)


def clock_time(iso: str | None) -> str:
    """Cut an ISO time down to the hours, minutes and seconds (UTC)."""
    return iso[11:19] if iso else ""


def linked(text: str) -> Markup:
    """Escape plain text and make its addresses clickable."""
    parts, position = [], 0
    for found in URL.finditer(text):
        address = found.group(0)
        parts += [escape(text[position : found.start()]), Markup('<a href="{0}">{0}</a>').format(address)]
        position = found.end()
    return Markup("").join([*parts, escape(text[position:])])


# Payloads are open-ended: what a provider's object lacks is shown as nothing.
_environment = Environment(
    loader=FileSystemLoader(HOME / "templates"), autoescape=True, undefined=ChainableUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_environment.filters |= {"pretty": pretty, "clock_time": clock_time, "linked": linked}


def page(template: str, *, status_code: int = 200, form_action: str = "", **values: JsonValue) -> HTMLResponse:
    """Render a page with the headers that keep it harmless.

    `form_action` is another site that the page's form may lead to: browsers look at the redirect, too.
    """
    html = _environment.get_template(template).render(**values)
    headers = dict(SECURITY_HEADERS)
    if form_action:
        policy = headers["Content-Security-Policy"]
        headers["Content-Security-Policy"] = policy.replace("form-action 'self'", f"form-action 'self' {form_action}")
    return HTMLResponse(html, status_code=status_code, headers=headers)
