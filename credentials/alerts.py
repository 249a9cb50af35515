"""A credential that stopped working: noted, and told to the clinic's admins once."""

from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from credentials.service import credential_service
from credentials.types import Provider
from orgs.accounts import deliver
from orgs.models import Membership, Organization, Role
from orgs.scope import org_scope, org_tx
from orgs.tasks import wake

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

    The claim comes first: a worker that dies in between tells nobody, two workers never tell twice.
    """
    error = credential_service.claim_alert(org.pk, provider)
    addresses = _admin_addresses(org) if error else []
    if not addresses:
        return False
    message = EmailMessage(
        subject=f"{provider.label} needs your attention",
        body=_TEXT.format(
            provider=provider.label,
            clinic=org.name,
            error=error,
            link=settings.BACKEND_URL + reverse("credentials:integrations"),
        ),
        bcc=addresses,
    )
    if deliver(message, what="credential_alert"):
        log.info("credentials.alerted", provider=provider.value, people=len(addresses))
        return True
    credential_service.give_back_alert(org.pk, provider)
    return False


def _admin_addresses(org: Organization) -> list[str]:
    with org_scope(org), org_tx():
        members = Membership.objects.filter(is_active=True, role__in=(Role.OWNER, Role.ADMIN), user__is_active=True)
        return list(members.order_by("created_at").values_list("user__email", flat=True))
