"""Wake-ups of the waiting list. Each may run never, once or twice: the openings' rows are the truth."""

from celery import shared_task

from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake


@shared_task(base=OrgTask, queue="default", acks_late=True)
def offer_next(org: Organization, opening_id: str) -> str:
    """Ask the next person about a freed time, if it is due. Safe to run twice."""
    from scheduling.waitlist.offering import work_on

    return work_on(org=org, opening_id=opening_id).value


@platform_task(reason="freed times of any organisation may be due, and days that people wait for be over")
def sweep_waitlist() -> int:
    """Wake what is due, and take those off the list whose days are over; how many openings."""
    from scheduling.waitlist.sweeping import claim_due, expire_entries

    expire_entries()
    due = claim_due()
    for org_id, opening_id in due:
        wake(offer_next, str(org_id), str(opening_id))
    return len(due)
