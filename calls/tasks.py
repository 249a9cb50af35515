"""Wake-ups of this room. Each may run never, once or twice: the inbox table is the truth."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from celery import shared_task

from calls import keeping_days, processing
from calls.after_call.leads import rescore_lead
from calls.outbound import reconciler
from calls.reconciling import silent, unheard
from contacts.models import Contact
from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from orgs.tasks import OrgTask, platform_task, wake

LEADS_A_SWEEP = 1000
# How long whoever is woken has before a lead is due again.
RESCORED_WITHIN = timedelta(hours=1)


@platform_task(reason="one message wakes for all calls that heard something in the same moment", queue="critical")
def process_calls(waiting: list[list[str]]) -> int:
    """Work off what is waiting for these calls, given as pairs of organisation and Vapi's call id."""
    return _work_off((UUID(org_id), vapi_call_id) for org_id, vapi_call_id in waiting)


@platform_task(reason="events that no task finished are found in every organisation's inbox", queue="critical")
def sweep_webhook_events() -> int:
    """Work off every call whose events are due, whoever was woken for them."""
    return _work_off(processing.find_waiting_calls())


def _work_off(calls: Iterable[tuple[UUID, str]]) -> int:
    finished = 0
    read: dict[UUID, Organization] = {}
    for org_id, vapi_call_id in calls:
        with org_scope(org_id):
            if org_id not in read:
                with org_tx():
                    read[org_id] = Organization.objects.get()
            finished += processing.process_pending(org=read[org_id], vapi_call_id=vapi_call_id)
    return finished


@shared_task(base=OrgTask, queue="critical", acks_late=True)
def settle_outbound_call(org: Organization, outbound_id: str) -> str:
    """Find out what became of one call that was asked for. Safe to run twice."""
    return reconciler.settle(org=org, outbound_id=outbound_id).value


@platform_task(reason="calls of any organisation may have lost Vapi's answer", queue="critical")
def sweep_outbound_calls() -> int:
    """Wake the settling of calls that nobody knows enough about; how many."""
    due = reconciler.claim_due()
    for org_id, outbound_id in due:
        wake(settle_outbound_call, str(org_id), str(outbound_id))
    return len(due)


@shared_task(base=OrgTask, queue="bulk", acks_late=True, ignore_result=True)
def rescore_leads(org: Organization, contact_ids: list[str]) -> int:
    """Score these leads anew; how many there were. Safe to run twice."""
    return sum(rescore_lead(org=org, contact_id=UUID(contact_id)) for contact_id in contact_ids)


@platform_task(reason="leads of any organisation cool down with time", queue="bulk")
def sweep_leads() -> int:
    """Wake the scoring of leads whose score is due, some hundred at a time; how many."""
    due = take_due(Contact, due="rescore_at", again_in=RESCORED_WITHIN, limit=LEADS_A_SWEEP)
    by_org: dict[UUID, list[str]] = defaultdict(list)
    for org_id, contact_id in due:
        by_org[org_id].append(str(contact_id))
    for org_id, contact_ids in by_org.items():
        wake(rescore_leads, str(org_id), contact_ids)
    return len(due)


@platform_task(reason="Vapi may have lost the reports of any organisation's calls", queue="default")
def reconcile_calls() -> int:
    """Have every call asked about that is silent for too long, and every account looked through; how many wake-ups."""
    portions = list(silent.take_silent())
    for org_id, call_ids in portions:
        wake(ask_about_calls, str(org_id), [str(call_id) for call_id in call_ids])
    readings = unheard.accounts_to_read()
    for reading_id in readings:
        wake(find_unheard_calls, str(reading_id))
    return len(portions) + len(readings)


@shared_task(base=OrgTask, queue="default", acks_late=True)
def ask_about_calls(org: Organization, call_ids: list[str]) -> int:
    """Ask Vapi what became of some calls. Safe to run twice."""
    return len(silent.ask_about(org=org, call_ids=call_ids))


@platform_task(reason="an account at Vapi holds the calls of many organisations", queue="default", acks_late=True)
def find_unheard_calls(reading_id: str) -> int:
    """Look one account's new calls through for those that nobody told us of. Safe to run twice."""
    return unheard.read_account(reading_id)


@platform_task(reason="raw payloads are kept for seven days in every organisation's inbox", queue="bulk")
def purge_webhook_payloads() -> int:
    """Empty old payloads."""
    return processing.purge_payloads()


@shared_task(base=OrgTask, queue="bulk")
def keep_call_days(org: Organization) -> int:
    """Count the days that are over. Safe to run twice."""
    return keeping_days.keep_days(org=org)


@platform_task(reason="a clinic's day ends at midnight of its own zone", queue="bulk")
def sweep_call_days() -> int:
    """Have yesterday counted before somebody looks; for how many clinics."""
    lacking = keeping_days.find_lacking()
    for org_id in lacking:
        wake(keep_call_days, str(org_id))
    return len(lacking)
