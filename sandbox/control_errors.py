"""What the control API says when it cannot carry out a request."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.json_types import JsonObject, parse_object


class ControlError(Exception):
    """A request that the control API cannot carry out."""

    def __init__(self, message: str, status_code: int = 400) -> None:
        """Remember what to answer."""
        super().__init__(message)
        self.message = message
        self.status_code = status_code


async def refuse(_request: Request, error: Exception) -> Response:
    """Turn a refusal into its response."""
    if not isinstance(error, ControlError):
        raise error
    return JSONResponse({"error": error.message}, status_code=error.status_code)


async def read_body(request: Request) -> JsonObject:
    """Return the request's JSON object, an empty one when nothing was sent."""
    raw = await request.body()
    body = parse_object(raw or b"{}")
    if body is None:
        raise ControlError("The body must be a JSON object.")
    return body
