"""Finding out what became of an attempt whose answer was lost, before anything is sent again.

Resend knows a repeat by its key, so an email is simply sent again. Twilio has no such key: its list of messages is
asked. A text in it that no other row has is ours; when it is not there, the attempt never arrived.
"""

import unicodedata
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import connection

from credentials.types import TwilioCredentials
from orgs.models import Organization
from orgs.scope import org_tx
from providers.twilio.types import TwilioMessage
from telephony.messaging import accounts
from telephony.messaging.attempts import twilio_client
from telephony.messaging.records import (
    check_at,
    record_checked,
    record_failed,
    record_status,
    record_taken,
    record_uncertain,
)
from telephony.messaging.types import Held, Outcome
from telephony.messaging.words import GONE, NEVER_ARRIVED, UNCERTAIN, say_uncertain
from telephony.models import Channel, Message
from voxanne.clock import now
from voxanne.errors import DomainError, ProviderError
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

# Resend keeps a key for a day; after that a repeat would be a second email.
KEY_LASTS = timedelta(hours=23)
ASK_FOR = timedelta(hours=24)
ASK_AGAIN = timedelta(minutes=2)
MOST_TEXTS = 3
# Twilio's clock need not agree with ours.
CLOCK_MARGIN = timedelta(minutes=5)


def look(held: Held) -> Outcome | None:
    """Find out about the last attempt. None: it certainly never arrived, or a repeat is harmless, so send (again).

    With no transaction open. Never raises for what the provider does.
    """
    try:
        return _look_for_text(held) if held.message.is_text else _look_for_email(held)
    except (ProviderError, DomainError) as error:
        log.warning("message.not_settled", message=str(held.message.pk), error=type(error).__name__)
        return _leave_open(held)


def check_arrival(held: Held) -> Outcome:
    """Ask Twilio what became of a text that it took, because no callback said so.

    With no transaction open. Never raises for what Twilio does.
    """
    org, row = held.org, held.message
    due_at = check_at(row)
    try:
        account = accounts.twilio_account(org=org, agent_id=row.agent_id, channel=Channel(row.method))
        if account.account_sid == row.service_account:
            found = twilio_client(account).fetch_message(row.external_message_id)
            record_status(org=org, message_id=row.pk, external_id=found.sid, status=found.status, code=found.error_code)
    except (ProviderError, DomainError) as error:
        log.warning("message.not_checked", message=str(row.pk), error=type(error).__name__)
    record_checked(org=org, held=row, due_at=due_at)
    return Outcome.SENT


def _look_for_email(held: Held) -> Outcome | None:
    row = held.message
    is_same = accounts.resend_name(accounts.resend_account(org=held.org)) == row.service_account
    if not is_same or now() >= row.created_at + KEY_LASTS:
        record_uncertain(org=held.org, held=row, problem=UNCERTAIN if is_same else GONE, due_at=None)
        return Outcome.UNKNOWN
    return None


def _look_for_text(held: Held) -> Outcome | None:
    org, row = held.org, held.message
    account = accounts.twilio_account(org=org, agent_id=row.agent_id, channel=Channel(row.method))
    if account.account_sid != row.service_account:
        record_uncertain(org=org, held=row, problem=GONE, due_at=None)
        return Outcome.UNKNOWN
    found = _list_at_twilio(account, row)
    failpoint("message.looked")
    ours = _claim_one(org, row, found)
    if ours is not None:
        return Outcome.SENT
    if row.attempt >= MOST_TEXTS:
        record_failed(org=org, held=row, problem=NEVER_ARRIVED)
        return Outcome.FAILED
    log.info("message.never_arrived", message=str(row.pk), attempt=row.attempt)
    return None


def _list_at_twilio(account: TwilioCredentials, row: Message) -> list[TwilioMessage]:
    """The texts at Twilio that this one may be, oldest first."""
    prefix = accounts.WHATSAPP if row.method == Channel.WHATSAPP else ""
    since = (row.attempted_at or row.created_at) - CLOCK_MARGIN
    listed = twilio_client(account).list_messages_to(f"{prefix}{row.recipient}", since=since)
    return [message for message in listed if _essence(message.body) == _essence(row.content)]


def _essence(text: str) -> str:
    """What stays of a text when a messaging service has exchanged quotes, dashes and accents for cheaper ones."""
    return "".join(character for character in unicodedata.normalize("NFKD", text) if character.isalnum())


def _claim_one(org: Organization, row: Message, found: list[TwilioMessage]) -> TwilioMessage | None:
    """Take the oldest of them that no other message of ours is. One at a time for each number."""
    with org_tx():
        with connection.cursor() as cursor:
            name = f"texts looked for at {row.service_account}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [name])
        taken = _taken_ids(row.pk, [message.sid for message in found])
        ours = next((message for message in found if message.sid not in taken), None)
        if ours is not None:
            record_taken(org=org, message_id=row.pk, external_id=ours.sid, status=ours.status, segments=ours.segments)
    return ours


def _taken_ids(message_id: UUID, sids: list[str]) -> set[str]:
    rows = Message.objects.filter(external_message_id__in=sids).exclude(pk=message_id)
    return set(rows.values_list("external_message_id", flat=True))


def _leave_open(held: Held) -> Outcome:
    """The provider could not be asked: later again, for a day."""
    row = held.message
    is_over = row.attempted_at is not None and now() >= row.attempted_at + ASK_FOR
    problem = UNCERTAIN if is_over else say_uncertain(method=row.method)
    record_uncertain(org=held.org, held=row, problem=problem, due_at=None if is_over else now() + ASK_AGAIN)
    return Outcome.UNKNOWN
