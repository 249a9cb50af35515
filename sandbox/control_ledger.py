"""Reading the account of everything through the control API."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from sandbox.control_errors import ControlError
from sandbox.ledger import RequestFilter
from sandbox.resources import Selection
from sandbox.state import sandbox_of
from sandbox.twilio import messages, numbers
from sandbox.vapi.overview import assistants_overview

FILTERS = ("provider", "method", "operation")
EVERYTHING = Selection(limit=-1)
IN_ORDER = Selection(limit=-1, oldest_first=True)


async def ledger(request: Request) -> JSONResponse:
    """Return everything received and sent, in order.

    `afterRequest` and `afterDelivery` (ids) and `limit` page through a long one. `callId` picks one call's deliveries.
    `provider`, `method` and `operation` pick requests and leave the rest out.
    """
    sandbox, query = sandbox_of(request), request.query_params
    limit = _number(request, "limit", -1)
    wanted = RequestFilter(**{name: query.get(name, "") for name in FILTERS})
    account = {"requests": sandbox.ledger.requests(wanted, after=_number(request, "afterRequest", 0), limit=limit)}
    if wanted == RequestFilter():
        account |= {
            "deliveries": sandbox.ledger.deliveries(
                call_id=query.get("callId"), after=_number(request, "afterDelivery", 0), limit=limit
            ),
            "calls": sandbox.switchboard.runs(),
            "assistants": assistants_overview(sandbox),
            "emails": sandbox.resources.select("email", EVERYTHING),
            "messages": sandbox.resources.select(messages.KIND, IN_ORDER),
            "numberHistory": sandbox.resources.select(numbers.HISTORY, IN_ORDER),
        }
    return JSONResponse(account)


async def assistants(request: Request) -> JSONResponse:
    """Return how each assistant stands."""
    return JSONResponse(assistants_overview(sandbox_of(request)))


async def counts(request: Request) -> JSONResponse:
    """Return how often each operation was asked for, by status and fault; narrowed as the ledger is."""
    wanted = RequestFilter(**{name: request.query_params.get(name, "") for name in FILTERS})
    return JSONResponse(sandbox_of(request).ledger.count_requests(wanted))


def _number(request: Request, name: str, default: int) -> int:
    raw = request.query_params.get(name, str(default))
    try:
        return int(raw)
    except ValueError as error:
        raise ControlError(f"{name} must be a whole number.") from error
