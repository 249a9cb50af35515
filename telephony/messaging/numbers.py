"""Which numbers a clinic texts from: written down for webhooks to find, and pointed to us at Twilio."""

from uuid import UUID

from credentials.errors import CredentialError
from credentials.service import credential_service
from credentials.types import Provider, TwilioCredentials
from orgs.models import Organization
from orgs.tasks import enqueue_on_commit
from telephony.models import TwilioAccount
from telephony.tasks import set_replies
from voxanne.clock import now


def note_account(*, org: Organization, agent_id: UUID | None, account: TwilioCredentials | None) -> None:
    """Note the numbers of the organisation's account (None) or of an agent's own; none without one. Inside org_tx.

    A worker then has Twilio hand us what people text to them.
    """
    rows = TwilioAccount.objects.filter(agent_id=agent_id, is_managed=False)
    numbers = {account.phone_number, account.whatsapp_number} - {""} if account else set()
    sid = account.account_sid if account else ""
    rows.exclude(account_sid=sid, phone_number__in=numbers).delete()
    known = set(rows.values_list("phone_number", flat=True))
    TwilioAccount.objects.bulk_create(
        [TwilioAccount(agent_id=agent_id, account_sid=sid, phone_number=number) for number in sorted(numbers - known)]
    )
    rows.update(replies_due_at=now())
    for row_id in rows.values_list("pk", flat=True):
        enqueue_on_commit(set_replies, str(org.pk), str(row_id))


def follow_organisation(org: Organization, provider: Provider) -> None:
    """The organisation's Twilio account was saved, switched off or removed. Inside that transaction."""
    try:
        account = credential_service.get(org.pk, provider)
    except CredentialError:
        account = None
    note_account(org=org, agent_id=None, account=account if isinstance(account, TwilioCredentials) else None)
