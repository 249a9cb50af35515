"""Twilio's lists: pages of up to a thousand, with the address of the next."""

from collections.abc import Callable, Iterable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse

from sandbox.json_types import JsonObject
from sandbox.twilio.errors import bad_request

DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 50, 1000


def listing(
    request: Request, key: str, items: Iterable[JsonObject], show: Callable[[JsonObject], JsonObject]
) -> JSONResponse:
    """Return the page that the query asks for; `key` names the list in the answer."""
    found = list(items)
    size = min(_whole(request, "PageSize", DEFAULT_PAGE_SIZE, lowest=1), MAX_PAGE_SIZE)
    number = _whole(request, "Page", 0, lowest=0)
    start = number * size
    page = found[start : start + size]
    return JSONResponse(
        {
            key: [show(item) for item in page],
            "page": number,
            "page_size": size,
            "start": start,
            "end": start + max(len(page) - 1, 0),
            "uri": _address(request, number, size),
            "first_page_uri": _address(request, 0, size),
            "previous_page_uri": _address(request, number - 1, size) if number else None,
            "next_page_uri": _address(request, number + 1, size) if start + size < len(found) else None,
        }
    )


def _address(request: Request, page: int, size: int) -> str:
    query = {**request.query_params, "PageSize": size, "Page": page}
    return f"{request.url.path.removeprefix('/twilio')}?{urlencode(query)}"


def _whole(request: Request, name: str, default: int, *, lowest: int) -> int:
    raw = request.query_params.get(name, str(default))
    if not raw.isdecimal() or int(raw) < lowest:
        raise bad_request(20001)
    return int(raw)
