"""Nightly: ask every provider again. What failed stands in the credential's row; a lost wake-up waits for a night.

A sweeper tells the admins what they have not been told yet.
"""

from celery import shared_task

from credentials import alerts, connections, nightly
from credentials.alert_claims import list_untold
from credentials.errors import CredentialError
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake


@shared_task(base=OrgTask, name="credentials.tasks.verify_credential", queue="bulk", ignore_result=True)
def verify_credential(org: Organization, provider: str) -> str:
    """Ask one provider about one organisation's credentials, as the night does. Safe to run twice."""
    try:
        verdict = connections.verify(org=org, provider=Provider(provider), check=nightly.check)
    except CredentialError as error:
        return error.code
    return "valid" if verdict.is_valid else "refused"


@shared_task(base=OrgTask, name="credentials.tasks.alert_admins", queue="default", ignore_result=True)
def alert_admins(org: Organization, provider: str) -> bool:
    """Tell the admins that a provider stopped accepting their credentials, once."""
    return alerts.tell_admins(org=org, provider=Provider(provider))


@platform_task(
    reason="credentials of every organisation are tried once a night", name="credentials.tasks.verify_all", queue="bulk"
)
def verify_all() -> int:
    """Wake the verification of all credentials that are switched on; how many."""
    nightly.ask_platform_account()
    active = credential_service.list_active()
    for org_id, provider in active:
        wake(verify_credential, str(org_id), provider.value)
    return len(active)


@platform_task(reason="a failure of any organisation may be untold", name="credentials.tasks.sweep_alerts")
def sweep_alerts() -> int:
    """Wake the telling of failures whose mail was lost, refused or left by a worker that died; how many."""
    untold = list_untold()
    for org_id, provider in untold:
        wake(alert_admins, str(org_id), provider.value)
    return len(untold)
