"""Taking back what waits to be sent and is not true any more."""

from django.db.models import QuerySet

from orgs.models import Organization
from scheduling.models import Reminder, ReminderState
from telephony.models import Message, MessageStatus
from voxanne.clock import now

WITHDRAWN = "Not sent: the visit was changed before it could go out."
_BEGUN = (MessageStatus.SENDING, MessageStatus.UNKNOWN)


def withdraw_unsent(org: Organization, reminders: QuerySet[Reminder]) -> None:
    """Stop the messages of these reminders. Inside the open transaction.

    What waits is not sent at all. An attempt that has begun cannot be called back, but there is no second one: should
    it turn out that it never arrived, the message has expired. A worker that begins at this moment has locked the
    message: this waits for it.
    """
    open_rows = reminders.filter(state__in=(ReminderState.HANDED, ReminderState.UNKNOWN))
    ids = list(open_rows.values_list("message_id", flat=True))
    if not ids:
        return
    unsent = Message.objects.for_org(org.pk).filter(pk__in=ids, status__in=(MessageStatus.QUEUED, *_BEGUN))
    messages = list(unsent.select_for_update().order_by("pk"))
    waiting = [message.pk for message in messages if message.status == MessageStatus.QUEUED]
    begun = [message.pk for message in messages if message.status != MessageStatus.QUEUED]
    if begun:
        Message.objects.filter(pk__in=begun).update(expires_at=now())
    if waiting:
        Message.objects.filter(pk__in=waiting).update(
            status=MessageStatus.FAILED, error=WITHDRAWN, due_at=None, claim=None, claimed_until=None
        )
        Reminder.objects.filter(message_id__in=waiting).update(state=ReminderState.SKIPPED, reason=WITHDRAWN)
