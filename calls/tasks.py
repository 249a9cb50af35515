"""Wake-ups of this room. Each may run never, once or twice: the inbox table is the truth."""

from celery import shared_task

from calls import processing
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from orgs.tasks import OrgTask, platform_task


@shared_task(base=OrgTask, queue="critical")
def process_call(org: Organization, vapi_call_id: str) -> int:
    """Work off what is waiting for one call."""
    return processing.process_pending(org=org, vapi_call_id=vapi_call_id)


@platform_task(reason="events that no task finished are found in every organisation's inbox", queue="critical")
def sweep_webhook_events() -> int:
    """Work off every call whose events are due, whoever was woken for them."""
    finished = 0
    for org_id, vapi_call_id in processing.find_waiting_calls():
        with org_scope(org_id):
            with org_tx():
                org = Organization.objects.get()
            finished += processing.process_pending(org=org, vapi_call_id=vapi_call_id)
    return finished


@platform_task(reason="raw payloads are kept for seven days in every organisation's inbox", queue="bulk")
def purge_webhook_payloads() -> int:
    """Empty old payloads."""
    return processing.purge_payloads()
