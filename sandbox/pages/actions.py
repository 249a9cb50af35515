"""What the forms on the page do. Each answers with a redirect, or with the form and a sentence on what is wrong."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.control import forget_everything
from sandbox.control_calls import order_from
from sandbox.control_errors import ControlError
from sandbox.faults import PROVIDERS, BadFaultError, parse_fault
from sandbox.json_types import JsonObject
from sandbox.pages.views import calls_page, faults_page, missing
from sandbox.state import sandbox_of

SEE_OTHER = 303
NUMBERS = {"latency_ms": int, "status": int, "times": int, "error_rate": float, "drop_rate": float,
           "timeout_rate": float}  # fmt: skip


async def place_call(request: Request) -> Response:
    """Place the call that was asked for and show it."""
    sandbox, form = sandbox_of(request), await _form(request)
    target = "phoneNumberId" if form.get("phoneNumberId") else "assistantId"
    body: JsonObject = {key: form[key] for key in (target, "scenario", "service") if form.get(key)}
    body["fast"] = form.get("pace") == "fast"
    body["customer"] = {key: form[key].strip() for key in ("name", "number") if form.get(key, "").strip()}
    try:
        call = sandbox.switchboard.place(order_from(sandbox, body))
    except ControlError as error:
        return calls_page(sandbox, error=error.message, chosen=form)
    return RedirectResponse(f"/calls/{call['id']}", status_code=SEE_OTHER)


async def set_fault(request: Request) -> Response:
    """Make a provider misbehave."""
    sandbox, provider = sandbox_of(request), request.path_params["provider"]
    if provider not in PROVIDERS:
        return missing(request, "There is no such provider.")
    form = await _form(request)
    try:
        fault: JsonObject = {name: kind(form[name]) for name, kind in NUMBERS.items() if form.get(name)}
        fault |= {"after_work": "after_work" in form, "operation": form.get("operation", "").strip()}
        sandbox.faults.set(provider, parse_fault(fault))
    except BadFaultError as error:
        return faults_page(sandbox, error=f"{error}.")
    except ValueError:
        return faults_page(sandbox, error="Write rates as numbers from 0 to 1, the rest as whole numbers.")
    return RedirectResponse("/faults", status_code=SEE_OTHER)


async def remove_fault(request: Request) -> Response:
    """Make a provider well again."""
    form = await _form(request)
    sandbox_of(request).faults.remove(request.path_params["provider"], form.get("operation", ""))
    return RedirectResponse("/faults", status_code=SEE_OTHER)


async def reset(request: Request) -> Response:
    """Forget everything."""
    await forget_everything(sandbox_of(request))
    return RedirectResponse("/", status_code=SEE_OTHER)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace")))
