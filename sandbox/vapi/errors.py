"""Refusals in the form Vapi (a NestJS application) gives them."""

import http

from starlette.responses import JSONResponse

from sandbox.json_types import JsonObject


class VapiError(Exception):
    """A refusal. `message` is one sentence, or a list of them for a body that breaks several rules."""

    def __init__(self, status_code: int, message: str | list[str]) -> None:
        """Remember what to answer."""
        super().__init__(message)
        self.status_code = status_code
        self.message = message

    def response(self) -> JSONResponse:
        """Return the answer as Vapi words it."""
        body: JsonObject = {
            "message": self.message,
            "error": http.HTTPStatus(self.status_code).phrase,
            "statusCode": self.status_code,
        }
        return JSONResponse(body, status_code=self.status_code)


def bad_request(*messages: str) -> VapiError:
    """Return a 400 whose message is a list, as validation gives it."""
    return VapiError(400, list(messages))


def not_found(thing: str, identity: str) -> VapiError:
    """Return a 404 for a resource, in Vapi's words."""
    return VapiError(404, f"Couldn't Get {thing}. {thing} with ID {identity} does not exist.")


def missing_reference(thing: str, identity: str) -> VapiError:
    """Return a 400 for a body that refers to something that is not there."""
    return VapiError(400, f"Couldn't Get {thing}. {thing} with ID {identity} does not exist.")
