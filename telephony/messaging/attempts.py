"""One attempt to hand a claimed message to its provider, and what that came to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import formataddr

import structlog
from django.conf import settings

from credentials.errors import SealedTextUnreadable
from credentials.types import ResendCredentials, TwilioCredentials
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from providers.resend.client import KEY_USED, ResendClient
from providers.resend.types import ResendAttachment
from providers.twilio.client import TwilioClient
from telephony.messaging import accounts
from telephony.messaging.attachments import open_attachments
from telephony.messaging.opt_outs import opt_out
from telephony.messaging.records import record_again, record_failed, record_taken, record_uncertain, settle_at
from telephony.messaging.types import Outcome, Problem
from telephony.messaging.words import OPTED_OUT_CODE, say_refusal, say_uncertain
from telephony.models import Channel, Message, OptOutSource, ServiceProvider
from voxanne.clock import now
from voxanne.errors import ProviderError, RateLimited, Rejected, Unauthorized
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

# From its claim on, an attempt has this long to begin: whoever slept through it leaves the message to the reconciler.
BEGIN_WITHIN = timedelta(seconds=30)
MOST_ATTEMPTS = 8
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 15, 900
# With it Resend's events name the message that they are about, whoever is faster: its answer or they.
MESSAGE_TAG = "message"
# Said by a proxy on the way: the request may have arrived.
_AMBIGUOUS_STATUS = 408

Post = Callable[[], tuple[str, str, int]]


def prepare(org: Organization, row: Message) -> Post:
    """Choose the account that carries a message, and return what hands it over. Inside the claiming transaction.

    Raises:
        DomainError: there is no such account any more, or it cannot be read.
    """
    if row.is_text:
        channel = Channel(row.method)
        twilio = accounts.twilio_account(org=org, agent_id=row.agent_id, channel=channel)
        row.service_provider, row.service_account = ServiceProvider.TWILIO, twilio.account_sid
        row.sender = twilio.whatsapp_number if channel == Channel.WHATSAPP else twilio.phone_number
        return lambda: _post_text(row, twilio)
    resend = accounts.resend_account(org=org)
    row.service_provider, row.service_account = ServiceProvider.RESEND, accounts.resend_name(resend)
    # A repeat must be the same email to the letter, also when the clinic was renamed meanwhile.
    row.sender = row.sender or formataddr((org.name, resend.from_email))
    return lambda: _post_email(row, resend)


def attempt(org: Organization, row: Message, post: Post) -> Outcome:
    """Hand over once what was just claimed. With no transaction open. Never raises for what the provider does."""
    if row.claimed_until is None or now() >= row.claimed_until:
        log.warning("message.begun_too_late", message=str(row.pk))
        return Outcome.WAITS
    try:
        external_id, status, segments = post()
    except SealedTextUnreadable as unreadable:
        record_failed(org=org, held=row, problem=Problem("unreadable", unreadable.message))
        return Outcome.FAILED
    except ProviderError as error:
        log.warning(
            "message.not_taken", message=str(row.pk), error=type(error).__name__, status=error.status, code=error.code
        )
        return _record_error(org, row, error)
    failpoint("message.posted")
    record_taken(org=org, message_id=row.pk, external_id=external_id, status=status, segments=segments)
    return Outcome.SENT


def twilio_client(account: TwilioCredentials) -> TwilioClient:
    """A client of a clinic's account."""
    return TwilioClient(account.account_sid, account.auth_token.reveal())


def _post_text(row: Message, account: TwilioCredentials) -> tuple[str, str, int]:
    prefix = accounts.WHATSAPP if row.method == Channel.WHATSAPP else ""
    service = "" if prefix else account.messaging_service_sid
    sent = twilio_client(account).send_message(
        to=f"{prefix}{row.recipient}",
        body=row.content,
        from_number="" if service else f"{prefix}{row.sender}",
        messaging_service_sid=service,
        status_callback=f"{settings.BACKEND_URL}/api/twilio/status?m={row.pk}",
    )
    return sent.sid, sent.status, sent.segments


def _post_email(row: Message, account: ResendCredentials) -> tuple[str, str, int]:
    text, attachments = open_attachments(row)
    files = [ResendAttachment(file.filename, file.content_type, file.content) for file in attachments]
    try:
        email_id = ResendClient(account.api_key.reveal()).send_email(
            sender=row.sender, to=row.recipient, subject=row.subject, text=text, attachments=files,
            tags={MESSAGE_TAG: str(row.pk)}, idempotency_key=f"voxanne-message-{row.pk}",
        )  # fmt: skip
    except Rejected as refused:
        if refused.code != KEY_USED:
            raise
        return "", "", 0  # an earlier attempt arrived
    return email_id, "", 0


def _record_error(org: Organization, row: Message, error: ProviderError) -> Outcome:
    if isinstance(error, RateLimited) and row.attempt < MOST_ATTEMPTS:
        record_again(org=org, held=row, problem=say_refusal(error, method=row.method), due_at=_next_try(row))
        return Outcome.AGAIN
    is_answer = isinstance(error, Rejected | Unauthorized | RateLimited) and error.status != _AMBIGUOUS_STATUS
    if not is_answer:
        due_at = settle_at(row.attempted_at or now())
        record_uncertain(org=org, held=row, problem=say_uncertain(method=row.method), due_at=due_at)
        return Outcome.UNKNOWN
    with org_tx():
        if row.is_text and error.code == OPTED_OUT_CODE:
            opt_out(org=org, number=row.recipient, source=OptOutSource.CARRIER, actor=Actor.system(org.pk))
        record_failed(org=org, held=row, problem=say_refusal(error, method=row.method))
    return Outcome.FAILED


def _next_try(row: Message) -> datetime:
    return now() + timedelta(seconds=min(_FIRST_PAUSE_S * 2 ** (row.attempt - 1), _LONGEST_PAUSE_S))
