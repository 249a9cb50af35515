"""Having Twilio hand us what people text to a clinic's number.

Setting the address again changes nothing, so an answer that was lost is simply asked for again. An address that
somebody else set is left alone: the clinic may have another system that reads its texts.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings

from credentials.types import TwilioCredentials
from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.messaging.accounts import twilio_account
from telephony.messaging.attempts import twilio_client
from telephony.models import Channel, RepliesState, TwilioAccount
from voxanne.clock import now
from voxanne.errors import DomainError, ProviderError
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

PATH = "/api/twilio/sms"
# What a new number has at Twilio.
_NOBODYS = ("", "https://demo.twilio.com/welcome/sms/reply", "https://demo.twilio.com/welcome/sms/reply/")
AGAIN_AFTER, LEASE = timedelta(minutes=10), timedelta(minutes=2)
BATCH = 200


def set_up(*, org: Organization, row_id: UUID | str) -> RepliesState | None:
    """Point one number to us, if nobody else has it. None when there is nothing to do, or it is tried again later.

    Call it with no transaction open. Safe to run twice. Never raises for what Twilio does.
    """
    with org_scope(org):
        with org_tx():
            row = TwilioAccount.objects.filter(pk=UUID(str(row_id)), replies_due_at__isnull=False).first()
            if row is None:
                return None
            TwilioAccount.objects.filter(pk=row.pk).update(replies_due_at=now() + LEASE)
        try:
            account = twilio_account(org=org, agent_id=row.agent_id, channel=Channel.SMS)
            state = _point(account, row) if account.account_sid == row.account_sid else RepliesState.FAILED
        except ProviderError as error:
            log.warning("replies.not_set", number=str(row.pk), error=type(error).__name__, code=error.code)
            if error.retryable:
                _record(org, row, row.replies, due_at=now() + AGAIN_AFTER)
                return None
            state = RepliesState.FAILED
        except DomainError:
            state = RepliesState.FAILED
        failpoint("replies.set")
        _record(org, row, state, due_at=None)
        return state


def claim_due() -> list[tuple[UUID, UUID]]:
    """The numbers to look at now, by organisation; their next look moved on, so that sweeps do not pile up."""
    return take_due(TwilioAccount, due="replies_due_at", again_in=LEASE, limit=BATCH)


def _point(account: TwilioCredentials, row: TwilioAccount) -> RepliesState:
    wanted = f"{settings.BACKEND_URL}{PATH}"
    client = twilio_client(account)
    number = client.find_number(row.phone_number)
    if number is None:  # a WhatsApp sender: its address is set by hand
        return RepliesState.ELSEWHERE
    if number.sms_url == wanted:
        return RepliesState.REACH_US
    if number.sms_url not in _NOBODYS and not number.sms_url.endswith(PATH):
        return RepliesState.ELSEWHERE
    client.set_sms_url(number.sid, wanted)
    return RepliesState.REACH_US


def _record(org: Organization, row: TwilioAccount, state: str, *, due_at: datetime | None) -> None:
    with org_tx():
        TwilioAccount.objects.filter(pk=row.pk).update(replies=state, replies_due_at=due_at, updated_at=now())
        publish_on_commit(org.pk, "message", id=row.pk)
