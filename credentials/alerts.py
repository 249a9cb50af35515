"""A credential that stopped working: noted, and told to the clinic's admins once."""

import hashlib
from uuid import UUID

import structlog
from django.conf import settings
from django.urls import reverse

from credentials.alert_claims import AlertClaim, claim_alert, finish_alert, give_back_alert
from credentials.service import credential_service
from credentials.types import Provider
from orgs.accounts import deliver
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from orgs.selectors import list_admin_addresses
from orgs.tasks import wake
from voxanne.failpoints import failpoint
from voxanne.mail import KeyedMessage

log = structlog.get_logger(__name__)

_TEXT = """\
{provider} stopped working for {clinic}.

{error}

Open Integrations to see it and put it right:

{link}

You get this once for each time it stops. Nothing else at {clinic} has changed.
"""


def note_failure(*, org_id: UUID, provider: Provider, error: str, version: str = "") -> None:
    """Credentials do not work, those of `version` or whichever are there: keep why, and tell the admins when new."""
    if credential_service.mark_failed(org_id=org_id, provider=provider, error=error, version=version):
        from credentials.tasks import alert_admins

        wake(alert_admins, str(org_id), provider.value)


def tell_admins(*, org: Organization, provider: Provider) -> bool:
    """Mail every owner and admin what stopped working, unless that was done. True when a mail went out.

    A worker that dies after the claim, or to whom the mail provider refused one mail of several, is followed by
    another; the provider then knows the mails that it has by their keys.
    """
    claim = claim_alert(org.pk, provider)
    if claim is None:
        return False
    with org_scope(org), org_tx():
        addresses = list_admin_addresses()
    messages = [_write(org, provider, claim, address) for address in addresses]
    taken = [deliver(message, what="credential_alert") for message in messages]
    if not all(taken):
        give_back_alert(org.pk, provider, claim)
        return False
    failpoint("alerts.sent")
    finish_alert(org.pk, provider, claim)
    log.info("credentials.alerted", provider=provider.value, people=len(messages))
    return bool(messages)


def _write(org: Organization, provider: Provider, claim: AlertClaim, address: str) -> KeyedMessage:
    """One person's mail: nobody learns the others' addresses."""
    told = [claim.failure, claim.error, address]
    return KeyedMessage(
        subject=f"{provider.label} needs your attention",
        body=_TEXT.format(
            provider=provider.label,
            clinic=org.name,
            error=claim.error,
            link=settings.BACKEND_URL + reverse("credentials:integrations"),
        ),
        to=[address],
        idempotency_key=hashlib.sha256("\n".join(told).encode()).hexdigest(),
    )
