"""Having Twilio call a line for a code: claim in one transaction, ask with none open, write down in a second.

Only this answer ever holds the code; a crash in between leaves a row that waits for a code nobody knows, until it has
expired or the next call replaces it.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.twilio.types import TwilioCallerId, TwilioVerification
from telephony.forwarding.accounts import LineAccount, line_account, platforms_tag
from telephony.forwarding.code_hashes import hash_code
from telephony.forwarding.errors import (
    AlreadyVerified,
    CallUnderWay,
    NumberLocked,
    OwnTwilioNumber,
    TwilioUnreachable,
    VerifiedElsewhere,
)
from telephony.forwarding.limits import CODE_LASTS, count_call, forget_call
from telephony.forwarding.lines import read_line
from telephony.forwarding.measures import VERIFICATIONS
from telephony.forwarding.refusals import ALREADY_VALIDATED, explain, is_refusal
from telephony.forwarding.types import StartedVerification
from telephony.models import PhoneNumberMapping, VerificationStatus, VerifiedCallerId
from telephony.models.forwarding import LONGEST_NAME
from voxanne.clock import now
from voxanne.errors import DomainError, ProviderError
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

# The code is on the page before the phone rings.
CALL_DELAY_S = 5
# Longer than Twilio is given for its answer.
CLAIM_LASTS = timedelta(seconds=30)
LIVE_KIND = "telephony"


def start_verification(
    *, org: Organization, phone_number: str, actor: Actor, friendly_name: str = ""
) -> StartedVerification:
    """Have Twilio call a line, and return the code to be keyed in there. Call it with no transaction open.

    A number that Twilio knows already, for this organisation's account or by an earlier call of ours for it, is
    verified at once and needs no call: `is_verified_already`.

    Args:
        phone_number: in E.164; `lines.read_line_as_typed` makes that of what people write.

    Raises:
        InvalidPhone, NumberNotAllowed, OwnTwilioNumber, AlreadyVerified, VerifiedElsewhere: not this number.
        NumberLocked, CallUnderWay, TooManyVerificationCalls: not now.
        NotConnected, CredentialUnreadable, TwilioWouldNot: not with this account. TwilioUnreachable: nobody knows.
    """
    number = read_line(phone_number)
    with org_scope(org):
        account = line_account(org)
        row = _claim(org, number=number, name=friendly_name, account=account, actor=actor)
        failpoint("verification.claimed")
        try:
            asked = account.client().request_verification(
                number,
                friendly_name=platforms_tag(row.pk) if account.is_platforms else row.friendly_name,
                call_delay_s=CALL_DELAY_S,
                status_callback=callback_url(org.pk, row.pk),
            )
        except ProviderError as error:
            return _follow_refusal(org, row, account=account, error=error, actor=actor)
        failpoint("verification.asked")
        return _record(org, row, asked)


def callback_url(org_id: UUID, verification_id: UUID) -> str:
    """Where Twilio tells how the call ended. Ids only; the signature covers them."""
    query = urlencode({"org": str(org_id), "v": str(verification_id)})
    return f"{settings.BACKEND_URL}{reverse('telephony:twilio-caller-id')}?{query}"


def _claim(org: Organization, *, number: str, name: str, account: LineAccount, actor: Actor) -> VerifiedCallerId:
    """The sole right to have this number called now, if every rule and limit allows it."""
    moment = now()
    with org_tx():
        if PhoneNumberMapping.objects.filter(phone_number=number, is_wanted=True).exists():
            raise OwnTwilioNumber
        VerifiedCallerId.objects.bulk_create([VerifiedCallerId(org=org, phone_number=number)], ignore_conflicts=True)
        row: VerifiedCallerId = VerifiedCallerId.objects.select_for_update().get(phone_number=number)
        _refuse_unless_free(row, moment)
        count_call(number=number, account_sid=account.sid, moment=moment)
        if row.twilio_account_sid != account.sid:
            row.twilio_caller_id_sid, row.is_ours_at_twilio = "", False
        row.friendly_name = name.strip()[:LONGEST_NAME] or row.friendly_name
        row.status, row.twilio_account_sid, row.twilio_call_sid = VerificationStatus.PENDING, account.sid, ""
        row.verification_code_hash, row.verification_attempts = "", 0
        row.verification_code_expires_at = moment + CODE_LASTS
        row.locked_until = row.call_failed_at = row.asked_at = None
        row.claim, row.claimed_until = uuid4(), moment + CLAIM_LASTS
        row.save()
        audit.record(actor, "line.verification_started", row)
        publish_on_commit(org.pk, LIVE_KIND, id=row.pk)
    return row


def _refuse_unless_free(row: VerifiedCallerId, moment: datetime) -> None:
    if row.is_verified:
        raise AlreadyVerified
    if row.locked_until is not None and row.is_locked(moment):
        raise NumberLocked(until=row.locked_until, moment=moment)
    if row.claimed_until is not None and row.claimed_until > moment:
        raise CallUnderWay


def _record(org: Organization, claimed: VerifiedCallerId, asked: TwilioVerification) -> StartedVerification:
    hashed, expires_at = hash_code(asked.code), now() + CODE_LASTS
    with org_tx():
        row = VerifiedCallerId.objects.select_for_update().filter(pk=claimed.pk, claim=claimed.claim).first()
        if row is None:
            log.warning("verification.claim_lost", verification=str(claimed.pk))
            raise CallUnderWay
        # Twilio calls, so it does not list the number: what was known of an earlier entry is out of date.
        row.twilio_caller_id_sid, row.is_ours_at_twilio = "", False
        row.twilio_call_sid, row.verification_code_hash = asked.call_sid, hashed
        row.verification_code_expires_at = expires_at
        row.claim = row.claimed_until = None
        row.save()
        publish_on_commit(org.pk, LIVE_KIND, id=row.pk)
    VERIFICATIONS.labels("called").inc()
    return StartedVerification(verification_id=row.pk, call_sid=asked.call_sid, code=asked.code, expires_at=expires_at)


def _follow_refusal(
    org: Organization, row: VerifiedCallerId, *, account: LineAccount, error: ProviderError, actor: Actor
) -> StartedVerification:
    """Twilio calls nobody, or nobody knows: verified already, or an error for the person.

    Raises:
        DomainError: what it was.
    """
    log.warning("verification.not_started", verification=str(row.pk), error=str(error))
    fact: DomainError = explain(error)
    if error.code == ALREADY_VALIDATED:
        known = _find_listed(account, row.phone_number)
        if known is not None and (not account.is_platforms or known.friendly_name == platforms_tag(row.pk)):
            _record_known(org, row, sid=known.sid, is_ours=account.is_platforms, actor=actor)
            return StartedVerification(verification_id=row.pk)
        fact = VerifiedElsewhere() if known else TwilioUnreachable()
    _record_failed(row, is_refused=is_refusal(error))
    VERIFICATIONS.labels("refused" if is_refusal(error) else "unknown").inc()
    raise fact from error


def _find_listed(account: LineAccount, number: str) -> TwilioCallerId | None:
    """Twilio's entry of a verified number, None when it has none or cannot be asked."""
    try:
        listed = account.client().list_caller_ids(number=number, limit=2)
    except ProviderError as error:
        log.warning("verification.not_listed", error=str(error))
        return None
    return next((item for item in listed if item.number == number), None)


def _record_known(org: Organization, claimed: VerifiedCallerId, *, sid: str, is_ours: bool, actor: Actor) -> None:
    with org_tx():
        row = VerifiedCallerId.objects.select_for_update().filter(pk=claimed.pk, claim=claimed.claim).first()
        if row is None:
            raise CallUnderWay
        forget_call(number=row.phone_number, moment=_counted_at(claimed))
        row.status, row.verified_at, row.twilio_caller_id_sid = VerificationStatus.VERIFIED, now(), sid
        row.is_ours_at_twilio = row.is_ours_at_twilio or is_ours
        row.verification_code_expires_at = row.claim = row.claimed_until = None
        row.save()
        audit.record(actor, "line.verified", row, known_at_twilio=True)
        publish_on_commit(org.pk, LIVE_KIND, id=row.pk)
    VERIFICATIONS.labels("verified").inc()


def _record_failed(claimed: VerifiedCallerId, *, is_refused: bool) -> None:
    """There is no code to confirm. A call that Twilio certainly did not make is not counted either."""
    with org_tx():
        row = VerifiedCallerId.objects.select_for_update().filter(pk=claimed.pk, claim=claimed.claim).first()
        if row is None:
            return
        if is_refused:
            forget_call(number=row.phone_number, moment=_counted_at(claimed))
        row.status, row.verification_code_expires_at = VerificationStatus.FAILED, None
        row.claim = row.claimed_until = None
        row.save()


def _counted_at(claimed: VerifiedCallerId) -> datetime:
    """When the call of this claim was counted: as it was claimed."""
    return (claimed.claimed_until or now()) - CLAIM_LASTS
