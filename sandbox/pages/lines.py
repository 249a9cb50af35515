"""The pages about telephone lines: messages and numbers, with the form that texts the product."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.control_errors import ControlError
from sandbox.control_twilio import send_text, twilio_state
from sandbox.forms import read_form
from sandbox.json_types import JsonObject
from sandbox.pages.rendering import page
from sandbox.state import Sandbox, sandbox_of
from sandbox.twilio import forwarding
from sandbox.twilio.identifiers import is_number

SEE_OTHER = 303


async def messages(request: Request) -> HTMLResponse:
    """Show the text messages and the form that sends one."""
    return _messages_page(sandbox_of(request))


async def send_message(request: Request) -> Response:
    """Text one of the product's numbers."""
    sandbox, form = sandbox_of(request), await read_form(request)
    try:
        told = await send_text(sandbox, {name: form.get(name, "").strip() for name in ("from", "to", "body")})
    except ControlError as error:
        return _messages_page(sandbox, error=error.message, chosen=form)
    if not told["statusCode"] or told["statusCode"] >= 300:
        answered = told["error"] or f"it answered {told['statusCode']}"
        return _messages_page(sandbox, error=f"The product did not take the message: {answered}.", chosen=form)
    return RedirectResponse("/messages", status_code=SEE_OTHER)


async def numbers(request: Request) -> HTMLResponse:
    """Show who owns which number, verification calls, lines, accounts and what became of numbers."""
    return numbers_page(sandbox_of(request))


def numbers_page(sandbox: Sandbox, *, error: str = "") -> HTMLResponse:
    """The page of numbers, perhaps with what was wrong with a code."""
    state = twilio_state(sandbox)
    return page(
        "numbers.html",
        tab="numbers",
        numbers=state["numbers"],
        validations=state["validations"],
        accounts=state["accounts"],
        history=state["numberHistory"],
        lines=state["lines"],
        error=error,
        status_code=422 if error else 200,
    )


async def dial(request: Request) -> Response:
    """Key a code in on a line."""
    sandbox, form = sandbox_of(request), await read_form(request)
    number = form.get("number", "").strip()
    if not is_number(number):
        return numbers_page(sandbox, error="Write the line in full, like +447700900123.")
    try:
        forwarding.dial(sandbox, number, form.get("code", ""))
    except forwarding.NotACode:
        return numbers_page(sandbox, error="The network does not take that code.")
    return RedirectResponse("/numbers", status_code=SEE_OTHER)


def _messages_page(sandbox: Sandbox, *, error: str = "", chosen: JsonObject | None = None) -> HTMLResponse:
    state = twilio_state(sandbox)
    return page(
        "messages.html",
        status_code=422 if error else 200,
        tab="messages",
        messages=state["messages"],
        opt_outs=state["optOuts"],
        numbers=state["numbers"],
        error=error,
        chosen=chosen or {},
    )
