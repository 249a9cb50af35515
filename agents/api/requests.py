"""Reading what was sent before anything is looked up."""

from typing import Any

from rest_framework.request import Request

from voxanne.errors import BadInput

# PostgreSQL's integer; a larger number names nothing.
MAX_NUMBER = 2**31 - 1


def read_object(request: Request) -> dict[str, Any]:
    """The body as an object.

    Raises:
        BadInput: it is something else.
    """
    if not isinstance(request.data, dict):
        raise BadInput("Send a JSON object.")
    return request.data


def read_number(value: Any, name: str) -> int | None:
    """A version's number from a body or an address; None when nothing was given.

    Raises:
        BadInput: not a whole number from 1.
    """
    if value is None:
        return None
    text = str(value)
    is_number = (
        not isinstance(value, bool) and text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_NUMBER))
    )
    if not is_number or not 1 <= int(text) <= MAX_NUMBER:
        raise BadInput(fields={name: ["Give a whole number from 1."]})
    return int(text)
