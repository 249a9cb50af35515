"""Taking back what waits to be sent and is not true any more."""

from django.db.models import QuerySet

from orgs.models import Organization
from scheduling.models import Reminder, ReminderState
from telephony.models import Message, MessageStatus

WITHDRAWN = "Not sent: the visit was changed before it could go out."


def withdraw_unsent(org: Organization, reminders: QuerySet[Reminder]) -> None:
    """Stop the messages of these reminders that no worker has begun to send. Inside the open transaction.

    A worker that begins at this moment has locked the message: this waits, and then leaves it alone.
    """
    handed = list(reminders.filter(state=ReminderState.HANDED).values_list("message_id", flat=True))
    if not handed:
        return
    waiting = Message.objects.for_org(org.pk).filter(pk__in=handed, status=MessageStatus.QUEUED, attempt=0)
    ids = list(waiting.select_for_update().order_by("pk").values_list("pk", flat=True))
    if ids:
        Message.objects.filter(pk__in=ids).update(
            status=MessageStatus.FAILED, error=WITHDRAWN, due_at=None, claim=None, claimed_until=None
        )
        Reminder.objects.filter(message_id__in=ids).update(state=ReminderState.SKIPPED, reason=WITHDRAWN)
