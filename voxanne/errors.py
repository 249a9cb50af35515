"""The two families of errors: facts that a person is told, and providers that failed."""

from enum import StrEnum
from typing import Any, ClassVar


class DomainError(Exception):
    """A fact that stops the work and can be told to the person who asked.

    Subclasses are named for the fact (`SlotTaken`) and set `code`, `http_status` and `message`. Rendered once for the
    API (`{"error": message, "code": code}`) and once for pages (toast or error page).
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 400
    message: str = "That did not work."
    # When asking again makes sense, in seconds: the answer's `Retry-After`.
    retry_after_s: int | None = None

    def __init__(self, message: str = "", *, fields: dict[str, list[str]] | None = None, **context: Any) -> None:
        self.message = message or self.message
        self.fields = fields or {}
        self.context = context
        super().__init__(self.message)

    def offers(self) -> dict[str, Any]:
        """What the API tells beside the message: what can be had instead. JSON."""
        return {}


class NotFound(DomainError):
    """It does not exist, or it belongs to another organisation: the two look alike on purpose."""

    code = "not_found"
    http_status = 404
    message = "We could not find that."


class Forbidden(DomainError):
    """The person is known, and may not do this."""

    code = "forbidden"
    http_status = 403
    message = "Your role does not allow this. Ask an owner or admin of your clinic."


class NotSignedIn(DomainError):
    """Nobody is signed in, or the token is not valid any more."""

    code = "not_signed_in"
    http_status = 401
    message = "Sign in to continue."


class BadInput(DomainError):
    """What was sent cannot be understood; `fields` says where."""

    code = "bad_input"
    http_status = 400
    message = "Check the marked fields and try again."


class Owner(StrEnum):
    """Who has to act when a provider refuses."""

    CLINIC = "clinic"
    US = "us"
    PROVIDER = "provider"


class ProviderError(Exception):
    """A provider did not do what was asked. `str()` is for logs, never for a browser."""

    retryable: ClassVar[bool] = False

    def __init__(
        self,
        *,
        provider: str,
        operation: str,
        owner: Owner = Owner.PROVIDER,
        status: int | None = None,
        code: str = "",
        detail: str = "",
    ) -> None:
        self.provider = provider
        self.operation = operation
        self.owner = owner
        self.status = status
        self.code = code
        self.detail = detail
        super().__init__(f"{provider} {operation}: {type(self).__name__} {status or ''} {code} {detail}".strip())


class Timeout(ProviderError):
    """No answer in time. For a write, nobody knows whether it happened."""

    retryable = True


class Unavailable(ProviderError):
    """Could not be reached, or answered 5xx."""

    retryable = True


class RateLimited(ProviderError):
    """Answered 429."""

    retryable = True


class Rejected(ProviderError):
    """Answered 4xx: the request itself is wrong; asking again gives the same answer."""


class NotFoundAtProvider(Rejected):
    """Answered 404: the thing is gone there."""


class Unauthorized(ProviderError):
    """The credential is not accepted."""
