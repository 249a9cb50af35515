"""From raw bytes to a verified message of one organisation: the same door for the webhook and the tool addresses."""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest

from agents.resolution import find_org_for_assistant
from calls.ingress.measures import SIGNATURE_FAILURES
from calls.ingress.messages import Message, as_uuid, parse_message
from calls.ingress.signatures import Presented, secret_matches, signature_matches
from credentials.errors import CredentialDisabled, CredentialUnreadable, NotConnected
from credentials.service import credential_service
from credentials.types import Provider
from telephony.resolution import find_org_for_number
from voxanne.errors import DomainError

log = structlog.get_logger(__name__)

MAX_BYTES = 5 * 1024 * 1024
# Per process and second: far above what one clinic's calls can make, low enough to save the others from a loop.
MAX_PER_SECOND = 2000


class TooLarge(DomainError):
    code = "too_large"
    http_status = 413
    message = "The body is larger than 5 MB."


class NotJson(DomainError):
    code = "not_json"
    http_status = 400
    message = "The body is not a JSON object."


class NotVapi(DomainError):
    """Missing or wrong proof. Nothing is stored."""

    code = "unauthorized"
    http_status = 401
    message = "The webhook secret is missing or wrong."


class TooMany(DomainError):
    code = "too_many"
    http_status = 429
    message = "Too many messages for this organisation. Try again in a second."


@dataclass(frozen=True)
class Admitted:
    """A genuine message; `org_id` is None when it is Vapi's but of no organisation here."""

    message: Message
    org_id: UUID | None


def read_message(request: HttpRequest) -> tuple[bytes, Message]:
    """The raw body and the message in it, before anything is believed.

    Raises:
        TooLarge, NotJson.
    """
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > MAX_BYTES:
        raise TooLarge
    raw = request.body
    if len(raw) > MAX_BYTES:
        raise TooLarge
    message = parse_message(raw)
    if message is None:
        raise NotJson
    return raw, message


def admit(request: HttpRequest, raw: bytes, message: Message) -> Admitted:
    """Find the organisation and prove the sender.

    The assistant's organisation counts with its own secret or the platform's; an organisation found by number, by the
    call's metadata or by the `tenantId` parameter counts only with its own.

    Raises:
        NotVapi: no proof, or a wrong one. Counted, nothing stored.
        TooMany: the organisation's rate limit.
    """
    presented = Presented.by(request)
    if presented.is_empty:
        raise _refused(message, "missing")
    by_platform = secret_matches(presented, settings.VAPI_WEBHOOK_SECRET, *settings.VAPI_WEBHOOK_SECRETS_RETIRED)
    org_id = find_org_for_assistant(message.assistant_id) if message.assistant_id else None
    if org_id is not None:
        if not (by_platform or _is_own(org_id, presented, raw)):
            raise _refused(message, "wrong")
    else:
        org_id = _find_by_claim(request, message, presented, raw)
        if org_id is None and not by_platform:
            raise _refused(message, "wrong")
    if org_id is not None and _limiter.is_over(org_id):
        raise TooMany
    return Admitted(message=message, org_id=org_id)


def _find_by_claim(request: HttpRequest, message: Message, presented: Presented, raw: bytes) -> UUID | None:
    claims = _claims(request, message)
    return next((org_id for org_id in claims if org_id is not None and _is_own(org_id, presented, raw)), None)


def _claims(request: HttpRequest, message: Message) -> Iterator[UUID | None]:
    """Whose the message may be; each is looked for when the one before was not believed."""
    yield find_org_for_number(message.called_number or message.phone_number_id)
    yield message.claimed_org_id
    yield as_uuid(request.GET.get("tenantId"))


def _is_own(org_id: UUID, presented: Presented, raw: bytes) -> bool:
    """Whether the proof is this organisation's. An organisation without a secret can prove nothing."""
    try:
        own = credential_service.get(org_id, Provider.VAPI)
    except (NotConnected, CredentialDisabled, CredentialUnreadable):
        return False
    secrets = [secret.reveal() for secret in own.webhook_secrets]
    return secret_matches(presented, *secrets) or signature_matches(presented, raw, *secrets)


def _refused(message: Message, why: str) -> NotVapi:
    SIGNATURE_FAILURES.labels(why).inc()
    log.warning("webhook.refused", why=why, event_type=message.type[:40], assistant=message.assistant_id)
    return NotVapi()


class _Limiter:
    """How many messages each organisation sent in this second, in this process."""

    def __init__(self) -> None:
        self._second = 0
        self._counts: dict[UUID, int] = defaultdict(int)

    def is_over(self, org_id: UUID) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._counts = second, defaultdict(int)
        self._counts[org_id] += 1
        return self._counts[org_id] > MAX_PER_SECOND


_limiter = _Limiter()
