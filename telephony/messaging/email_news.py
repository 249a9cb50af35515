"""Having Resend tell us what becomes of a clinic's emails.

Resend is asked which addresses it tells already, so that asking again changes nothing.
"""

from dataclasses import replace

import structlog
from django.conf import settings

from credentials.errors import CredentialError
from credentials.service import credential_service
from credentials.types import Provider, ResendCredentials, Secret
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.resend.client import ResendClient
from providers.resend.types import ResendWebhook
from telephony.ingress.email_events import TOLD
from voxanne.errors import ProviderError
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

PATH = "/api/resend/webhook"


def subscribe(*, org: Organization) -> bool:
    """Have Resend tell us, and keep the secret that it signs with. False when it could not be done now.

    Call it with no transaction open. Safe to run twice. Never raises for what Resend does.
    """
    with org_scope(org):
        try:
            account = credential_service.read_stored(org.pk, Provider.RESEND).credentials
        except CredentialError:
            return False
        if not isinstance(account, ResendCredentials) or account.webhook_secret:
            return isinstance(account, ResendCredentials)
        try:
            hook = _find_or_make(ResendClient(account.api_key.reveal()), address_of(org))
        except ProviderError as error:
            log.warning("email_news.not_asked_for", error=type(error).__name__, status=error.status, code=error.code)
            return False
        failpoint("email_news.asked_for")
        return bool(hook.signing_secret) and _keep(org, account, hook.signing_secret)


def address_of(org: Organization) -> str:
    """Where Resend is to post what becomes of this clinic's emails."""
    return f"{settings.BACKEND_URL}{PATH}?org={org.pk}"


def _find_or_make(client: ResendClient, address: str) -> ResendWebhook:
    known = next((hook for hook in client.list_webhooks() if hook.endpoint == address), None)
    return known or client.create_webhook(endpoint=address, events=TOLD)


def _keep(org: Organization, asked: ResendCredentials, secret: str) -> bool:
    """Store the secret with the account that was asked; False when it was exchanged meanwhile."""
    with org_tx():
        current = credential_service.find_locked(org.pk, Provider.RESEND)
        if not isinstance(current, ResendCredentials) or current.api_key != asked.api_key:
            return False
        status = credential_service.find_status(org.pk, Provider.RESEND)
        credential_service.save(
            org_id=org.pk,
            credentials=replace(current, webhook_secret=Secret(secret)),
            actor=Actor.system(org.pk),
            metadata={**(status.metadata if status else {}), "webhook": True},
        )
    return True
