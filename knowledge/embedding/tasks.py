"""Wake-ups for embedding. Each may run never, once or twice: the tables are the truth."""

from celery import shared_task

from knowledge.embedding.work import Outcome, claim_due, embed_clinic
from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake


@shared_task(base=OrgTask, queue="bulk", acks_late=True, soft_time_limit=280, time_limit=290)
def embed_passages(org: Organization) -> str:
    """Embed what a clinic's passages lack. Safe to run twice."""
    outcome = embed_clinic(org=org)
    if outcome is Outcome.MORE:
        wake(embed_passages, str(org.pk))
    return outcome.value


@platform_task(reason="passages of any organisation may be waiting for their vectors", queue="bulk")
def sweep_embeddings() -> int:
    """Wake whoever embeds for clinics that are due; how many."""
    due = claim_due()
    for org_id in due:
        wake(embed_passages, str(org_id))
    return len(due)
