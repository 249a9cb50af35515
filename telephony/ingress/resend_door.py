"""From a body to a genuine event of one clinic's Resend account: nothing is stored for one that cannot prove itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog
from django.http import HttpRequest

from credentials.errors import CredentialError
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.ingress.measures import RESEND_SIGNATURE_FAILURES
from telephony.ingress.svix import is_genuine, is_recent
from voxanne.errors import BadInput, DomainError

log = structlog.get_logger(__name__)


class NotResend(DomainError):
    """Missing or wrong proof, or a clinic that expects none. All look alike."""

    code = "not_signed"
    http_status = 401
    message = "The signature is missing or wrong."


@contextmanager
def admitted_event(request: HttpRequest) -> Iterator[tuple[Organization, dict[str, Any]]]:
    """The clinic that the address names, and its event, inside that clinic's one transaction.

    Raises:
        NotResend: no proof, or a wrong one. BadInput: genuine, and no event.
    """
    org_id = _uuid(request.GET.get("org", ""))
    if org_id is None:
        raise _refused("account")
    with org_scope(org_id), org_tx():
        org = Organization.objects.first()
        _prove(request, secret=_secret_of(org))
        event = _read(request.body)
        yield org, event  # type: ignore[misc]


def _prove(request: HttpRequest, *, secret: str) -> None:
    named = {name: request.headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature")}
    if not secret:
        raise _refused("account")
    if not all(named.values()):
        raise _refused("missing")
    if not is_recent(named["timestamp"]):
        raise _refused("stale")
    proof = {"message_id": named["id"], "timestamp": named["timestamp"], "signatures": named["signature"]}
    if not is_genuine(secret=secret, body=request.body, **proof):
        raise _refused("wrong")


def _secret_of(org: Organization | None) -> str:
    if org is None:
        return ""
    try:
        return credential_service.get(org.pk, Provider.RESEND).webhook_secret.reveal()
    except CredentialError:
        return ""


def _read(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except ValueError as error:
        raise BadInput("The body is not JSON.") from error
    if not isinstance(event, dict):
        raise BadInput("The body is no event.")
    return event


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _refused(why: str) -> NotResend:
    RESEND_SIGNATURE_FAILURES.labels(why).inc()
    log.warning("resend.refused", why=why)
    return NotResend()
