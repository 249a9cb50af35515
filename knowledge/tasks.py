"""Wake-ups for documents. Each may run never, once or twice: the tables are the truth."""

from celery import shared_task

from agents.services import refresh_agents
from knowledge import loose_files
from knowledge.processing import claim_due, process
from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake


# Longer than other tasks, for long documents; shorter than the broker's patience (300 s).
@shared_task(base=OrgTask, queue="bulk", acks_late=True, soft_time_limit=240, time_limit=270)
def process_document(org: Organization, document_id: str) -> str:
    """Read one document. Safe to run twice."""
    return process(org=org, document_id=document_id).value


@shared_task(base=OrgTask, queue="default", acks_late=True)
def refresh_prompts(org: Organization) -> int:
    """Bring agents in step with what documents say now; how many were behind. Safe to run twice."""
    return refresh_agents(org=org)


@shared_task(base=OrgTask, queue="bulk", acks_late=True)
def remove_loose_file(org: Organization, file_id: str) -> bool:
    """Remove one file that no document names. Safe to run twice."""
    return loose_files.remove(org=org, file_id=file_id)


@platform_task(reason="documents of any organisation may be waiting to be read", queue="bulk")
def sweep_documents() -> int:
    """Wake whoever reads documents that are due, and whoever removes files; how many."""
    documents, files = claim_due(), loose_files.claim_due()
    for org_id, document_id in documents:
        wake(process_document, str(org_id), str(document_id))
    for org_id, file_id in files:
        wake(remove_loose_file, str(org_id), str(file_id))
    return len(documents) + len(files)
