"""Whose turn it is to tell a clinic's admins that credentials stopped working. A part of the credential service.

What was sent is marked when the mail provider has taken it, so a worker that dies in between is followed by another
once its claim has run out: told at least once, and twice only where the mail provider does not know the mail again.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db.models import F, Q

from credentials.models import OrgCredential
from credentials.types import Provider
from orgs.scope import org_scope, org_tx, service_tx
from voxanne.clock import now

# Longer than a mail takes, shorter than until a task whose worker died is handed out again.
CLAIM_LASTS = timedelta(minutes=2)


@dataclass(frozen=True)
class AlertClaim:
    """The sole right, for a while, to tell of one failure.

    Attributes:
        failure: names this very failure, the same for whoever tries again.
    """

    token: UUID
    failure: str
    error: str


def claim_alert(org_id: UUID, provider: Provider) -> AlertClaim | None:
    """A failure that the admins have not been told of, now ours to tell; None when there is none, or another has it."""
    token, moment = uuid4(), now()
    with org_scope(org_id), org_tx():
        due = OrgCredential.objects.filter(_untold() & _free(), provider=provider)
        if not due.update(alert_claim=token, alert_claimed_until=moment + CLAIM_LASTS):
            return None
        found = OrgCredential.objects.values_list("pk", "failed_at", "verification_error")
        pk, failed_at, error = found.get(provider=provider, alert_claim=token)
    return AlertClaim(token, f"{pk} {failed_at:%Y-%m-%dT%H:%M:%S.%f}", error)


def finish_alert(org_id: UUID, provider: Provider, claim: AlertClaim) -> None:
    """The mail provider has the mail. Nothing when it works again, or another took over, meanwhile."""
    _end(org_id, provider, claim, alerted_at=now())


def give_back_alert(org_id: UUID, provider: Provider, claim: AlertClaim) -> None:
    """The mail could not be sent: somebody else is to try."""
    _end(org_id, provider, claim)


def list_untold() -> list[tuple[UUID, Provider]]:
    """Failures of any organisation that wait for somebody to tell of them."""
    with service_tx("list failures to tell"):
        rows = OrgCredential.across_orgs.filter(_untold() & _free(), is_active=True).values_list("org_id", "provider")
        return [(org_id, Provider(provider)) for org_id, provider in rows]


def _end(org_id: UUID, provider: Provider, claim: AlertClaim, **values: object) -> None:
    with org_scope(org_id), org_tx():
        OrgCredential.objects.filter(provider=provider, alert_claim=claim.token).update(
            alert_claim=None, alert_claimed_until=None, **values
        )


def _untold() -> Q:
    return Q(failed_at__isnull=False) & (Q(alerted_at=None) | Q(alerted_at__lt=F("failed_at")))


def _free() -> Q:
    return Q(alert_claimed_until=None) | Q(alert_claimed_until__lte=now())
