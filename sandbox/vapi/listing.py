"""The query parameters of Vapi's lists: bounds on age and a limit, or pages."""

import math
from datetime import datetime

from starlette.requests import Request

from sandbox import clock
from sandbox.json_types import JsonObject
from sandbox.resources import COLUMNS, COMPARISONS, AgeFilter, Selection
from sandbox.vapi.errors import bad_request

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
AGE_PARAMETERS = {
    f"{field}{suffix}": (column, operator)
    for field, column in COLUMNS.items()
    for suffix, operator in COMPARISONS.items()
}


def read_selection(request: Request, *filters: str) -> Selection:
    """Return what a bare-array list is asked for. `filters` names the fields that may be matched exactly."""
    query = request.query_params
    unknown = set(query) - {"limit", *AGE_PARAMETERS, *filters}
    if unknown:
        raise bad_request(*(f"property {name} should not exist" for name in sorted(unknown)))
    return Selection(
        limit=_whole(request, "limit", DEFAULT_LIMIT, lowest=0, highest=MAX_LIMIT),
        ages=_ages(request),
        equals={name: query[name] for name in filters if name in query},
    )


def _ages(request: Request) -> tuple[AgeFilter, ...]:
    return tuple(
        AgeFilter(column, operator, _moment(name, request.query_params[name]))
        for name, (column, operator) in AGE_PARAMETERS.items()
        if name in request.query_params
    )


def read_page(request: Request) -> tuple[int, Selection]:
    """Return the page number (from 1) and the selection of a paged list."""
    page = _whole(request, "page", 1, lowest=1, highest=1_000_000)
    limit = _whole(request, "limit", DEFAULT_LIMIT, lowest=1, highest=MAX_LIMIT)
    oldest_first = request.query_params.get("sortOrder", "DESC") == "ASC"
    query = request.query_params
    equals = {name: query[name] for name in ("id", "name") if name in query}
    return page, Selection(
        limit=limit, offset=(page - 1) * limit, oldest_first=oldest_first, equals=equals, ages=_ages(request)
    )


def paged(results: list[JsonObject], *, page: int, limit: int, total: int) -> JsonObject:
    """Wrap one page of results the way Vapi's newer lists do."""
    return {
        "results": results,
        "metadata": {
            "itemsPerPage": limit,
            "totalItems": total,
            "currentPage": page,
            "totalPages": math.ceil(total / limit),
            "hasNextPage": page * limit < total,
        },
    }


def _whole(request: Request, name: str, default: int, *, lowest: int, highest: int) -> int:
    raw = request.query_params.get(name, str(default))
    if not raw.isdecimal() or not lowest <= int(raw) <= highest:
        raise bad_request(f"{name} must be a number from {lowest} to {highest}")
    return int(raw)


def _moment(name: str, raw: str) -> str:
    """Bring a time to the notation it is stored in, so that text order is time order."""
    try:
        return clock.iso(datetime.fromisoformat(raw))
    except ValueError as error:
        raise bad_request(f"{name} must be a valid ISO 8601 date string") from error
