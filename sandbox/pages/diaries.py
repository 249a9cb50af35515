"""The pages about calendar accounts: who allowed what, which events there are, with forms for their owner."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.control_calendars import PROVIDERS, add_event, calendar_state, remove_event, revoke
from sandbox.control_errors import ControlError
from sandbox.forms import read_form
from sandbox.json_types import JsonObject
from sandbox.oauth.consent import DEFAULT_EMAIL
from sandbox.pages.rendering import page
from sandbox.state import Sandbox, sandbox_of

SEE_OTHER = 303


async def grants(request: Request) -> HTMLResponse:
    """Show what people have allowed."""
    return page("oauth.html", tab="oauth", grants=calendar_state(sandbox_of(request))["grants"])


async def take_back(request: Request) -> Response:
    """End every grant of a person at one provider."""
    form = await read_form(request)
    if form.get("provider") in PROVIDERS:
        revoke(sandbox_of(request), form["provider"], form.get("email", ""))
    return RedirectResponse("/oauth", status_code=SEE_OTHER)


async def events(request: Request) -> HTMLResponse:
    """Show every calendar event and the form that adds one."""
    return _events_page(sandbox_of(request))


async def add(request: Request) -> Response:
    """Add an event as if the calendar's owner had."""
    sandbox, form = sandbox_of(request), await read_form(request)
    provider = form.get("provider", "")
    times = {name: f"{form[name]}+00:00" if form.get(name) else "" for name in ("start", "end")}
    try:
        if provider not in PROVIDERS:
            raise ControlError("Choose one of the calendars.")
        add_event(sandbox, provider, {"email": form.get("email"), "summary": form.get("summary"), **times})
    except ControlError as error:
        return _events_page(sandbox, error=error.message, chosen=form)
    return RedirectResponse("/calendar", status_code=SEE_OTHER)


async def remove(request: Request) -> Response:
    """Delete an event as if the calendar's owner had."""
    sandbox, form = sandbox_of(request), await read_form(request)
    try:
        remove_event(sandbox, form.get("provider", ""), form.get("id", ""))
    except ControlError as error:
        return _events_page(sandbox, error=error.message)
    return RedirectResponse("/calendar", status_code=SEE_OTHER)


def _events_page(sandbox: Sandbox, *, error: str = "", chosen: JsonObject | None = None) -> HTMLResponse:
    state = calendar_state(sandbox)
    account = state["grants"][0]["email"] if state["grants"] else DEFAULT_EMAIL
    return page(
        "calendar.html",
        status_code=422 if error else 200,
        tab="calendar",
        events=state["events"],
        account=account,
        error=error,
        chosen=chosen or {},
    )
