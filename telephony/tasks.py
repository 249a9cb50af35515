"""Wake-ups of this room. Each may run never, once or twice: the table of messages is the truth."""

from celery import shared_task

from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake
from telephony.forwarding import cleaning
from telephony.messaging import delivering, email_news, replies


@shared_task(base=OrgTask, queue="critical", acks_late=True)
def deliver_message(org: Organization, message_id: str) -> str:
    """Send one message, or find out what became of it. Safe to run twice."""
    return delivering.deliver(org=org, message_id=message_id).value


@platform_task(reason="messages of any organisation may have lost their wake-up or their answer", queue="critical")
def sweep_messages() -> int:
    """Wake the work on messages that are due; how many."""
    due = delivering.claim_due()
    for org_id, message_id in due:
        wake(deliver_message, str(org_id), str(message_id))
    return len(due)


@shared_task(base=OrgTask, queue="default", acks_late=True)
def set_replies(org: Organization, row_id: str) -> str:
    """Have Twilio hand us what people text to one number. Safe to run twice."""
    return replies.set_up(org=org, row_id=row_id) or ""


@platform_task(reason="numbers of any organisation may not hand us their texts yet", queue="default")
def sweep_replies() -> int:
    """Wake the work on numbers that are due; how many."""
    due = replies.claim_due()
    for org_id, row_id in due:
        wake(set_replies, str(org_id), str(row_id))
    return len(due)


@platform_task(reason="verifications of any organisation may have come to nothing", queue="bulk")
def clean_up_verifications() -> int:
    """Expire and delete them, and what they left at Twilio; how many that touched."""
    return sum(cleaning.clean_up()) + cleaning.forget_left_behind()


@shared_task(base=OrgTask, queue="default", acks_late=True)
def ask_for_email_news(org: Organization) -> bool:
    """Have Resend tell us what becomes of the clinic's emails. Safe to run twice; its card has a button too."""
    return email_news.subscribe(org=org)
