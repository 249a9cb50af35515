"""Nightly: ask every provider again. What failed stands in the credential's row; a lost wake-up waits for a night."""

from celery import shared_task

from credentials import alerts, connections
from credentials.errors import CredentialError
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake


@shared_task(base=OrgTask, name="credentials.tasks.verify_credential", queue="bulk", ignore_result=True)
def verify_credential(org: Organization, provider: str) -> str:
    """Ask one provider about one organisation's credentials. Safe to run twice."""
    try:
        verdict = connections.verify(org=org, provider=Provider(provider))
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
    """Wake the verification of all credentials that are switched on, and untold alerts; how many credentials."""
    for org_id, provider in credential_service.list_untold():
        wake(alert_admins, str(org_id), provider.value)
    active = credential_service.list_active()
    for org_id, provider in active:
        wake(verify_credential, str(org_id), provider.value)
    return len(active)
