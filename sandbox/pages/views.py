"""The pages that show what happened."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from sandbox.calls.callers import Caller
from sandbox.faults import PROVIDERS
from sandbox.json_types import JsonObject, as_object
from sandbox.pages.email_links import links_in
from sandbox.pages.rendering import page
from sandbox.resources import Selection
from sandbox.scenarios import SCENARIOS
from sandbox.state import Sandbox, sandbox_of
from sandbox.vapi.collection_routes import presented
from sandbox.vapi.overview import assistants_overview

SHOWN_CALLS = 50
SHOWN_REQUESTS = 100
SHOWN_ROLES = frozenset({"bot", "user", "tool_call_result"})
EVERYTHING = Selection(limit=-1)
EMAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https: http:; base-uri 'self'"


async def calls(request: Request) -> HTMLResponse:
    """Show the calls placed and the form that places one."""
    return calls_page(sandbox_of(request))


def calls_page(sandbox: Sandbox, *, error: str = "", chosen: JsonObject | None = None) -> HTMLResponse:
    """Render the first page; `error` and `chosen` come from a form that could not be carried out."""
    return page(
        "calls.html",
        status_code=422 if error else 200,
        tab="calls",
        runs=[_described(sandbox, run) for run in sandbox.switchboard.runs(SHOWN_CALLS)],
        assistants=[item for item in sandbox.resources.select("assistant", EVERYTHING) if item.get("server")],
        numbers=sandbox.resources.select("phone-number", EVERYTHING),
        scenarios=[item for item in SCENARIOS.values() if item.listed],
        chosen=chosen or {},
        error=error,
    )


def _described(sandbox: Sandbox, run: JsonObject) -> JsonObject:
    """Add to a run what its row in the list says about it."""
    call = sandbox.resources.find("call", run["call_id"]) or {}
    customer = as_object(call.get("customer"))
    return {
        **run,
        "title": SCENARIOS[run["scenario"]].title if run["scenario"] in SCENARIOS else run["scenario"],
        "caller": Caller(str(customer.get("name") or "Unknown caller"), str(customer.get("number") or "")),
        "call_status": call.get("status", "erased"),
        "direction": "outbound" if call.get("type") == "outboundPhoneCall" else "inbound",
    }


async def call_detail(request: Request) -> Response:
    """Show one call: what was said and every delivery with what it carried."""
    sandbox, call_id = sandbox_of(request), request.path_params["call_id"]
    run = sandbox.switchboard.find_run(call_id)
    if run is None:
        return missing(request, "There is no such call.")
    deliveries = sandbox.ledger.deliveries(call_id=call_id)
    return page(
        "call.html", tab="calls", run=_described(sandbox, run), spoken=_spoken(deliveries), deliveries=deliveries
    )


def _spoken(deliveries: list[JsonObject]) -> list[JsonObject]:
    """Return what has been said so far, as the delivery that knows most of it has it."""
    told = [as_object(item["body"]["message"].get("artifact")).get("messages") or [] for item in deliveries]
    longest: list[JsonObject] = max(told, key=len, default=[])
    return [item for item in longest if item["role"] in SHOWN_ROLES]


async def assistants(request: Request) -> HTMLResponse:
    """Show the assistants with their configuration."""
    sandbox = sandbox_of(request)
    states = {item["id"]: item for item in assistants_overview(sandbox)}
    found = sandbox.resources.select("assistant", EVERYTHING)
    return page("assistants.html", tab="assistants", assistants=found, states=states)


async def tools(request: Request) -> HTMLResponse:
    """Show tools and the smaller things that assistants refer to."""
    resources = sandbox_of(request).resources
    kinds = (("Tools", "tool"), ("Structured outputs", "structured-output"), ("Credentials", "credential"),
             ("Phone numbers", "phone-number"))  # fmt: skip
    groups = [
        {"title": title, "entries": [presented(item) for item in resources.select(kind, EVERYTHING)]}
        for title, kind in kinds
    ]
    return page("tools.html", tab="tools", groups=groups)


async def emails(request: Request) -> HTMLResponse:
    """Show the emails received."""
    found = sandbox_of(request).resources.select("email", EVERYTHING)
    return page("emails.html", tab="emails", emails=[{**item, "links": links_in(item)} for item in found])


async def email_detail(request: Request) -> Response:
    """Show one email, with its links where they can be clicked."""
    email = sandbox_of(request).resources.find("email", request.path_params["email_id"])
    if email is None:
        return missing(request, "There is no such email.")
    return page("email.html", tab="emails", email=email, links=links_in(email))


async def email_body(request: Request) -> Response:
    """Serve an email's HTML alone, for its frame: no scripts, links open in the whole window."""
    email = sandbox_of(request).resources.find("email", request.path_params["email_id"])
    if email is None or not email.get("html"):
        return PlainTextResponse("This email has no HTML.", status_code=404)
    headers = {"Content-Security-Policy": EMAIL_POLICY, "X-Content-Type-Options": "nosniff"}
    return HTMLResponse(f'<base target="_top">{email["html"]}', headers=headers)


async def requests(request: Request) -> HTMLResponse:
    """Show the newest requests to the providers' APIs."""
    return page("requests.html", tab="requests", requests=sandbox_of(request).ledger.recent_requests(SHOWN_REQUESTS))


async def faults(request: Request) -> HTMLResponse:
    """Show the faults in force and the forms that cause them."""
    return faults_page(sandbox_of(request))


def faults_page(sandbox: Sandbox, *, error: str = "") -> HTMLResponse:
    """Render the page of faults; `error` comes from a form that could not be carried out."""
    return page(
        "faults.html",
        status_code=422 if error else 200,
        tab="faults",
        providers=PROVIDERS,
        faults=sandbox.faults.all(),
        error=error,
    )


async def rules(request: Request) -> HTMLResponse:
    """Show the rules a newcomer can guess."""
    listed = [item for item in SCENARIOS.values() if item.listed]
    return page("rules.html", tab="rules", base_url=sandbox_of(request).base_url, scenarios=listed)


def missing(_request: Request, sentence: str) -> HTMLResponse:
    """Say in a page that something is not there."""
    return page("missing.html", status_code=404, tab="", sentence=sentence)
