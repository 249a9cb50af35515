"""The two halves of a proof: Twilio lists the number, and the person knows the code that they were shown."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import Q

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.forwarding.accounts import find_line_account
from telephony.forwarding.code_hashes import is_code
from telephony.forwarding.errors import (
    AlreadyVerified,
    CallNotAnswered,
    CodeExpired,
    NotConfirmedYet,
    NumberLocked,
    WrongCode,
)
from telephony.forwarding.measures import VERIFICATIONS
from telephony.forwarding.types import VerificationState
from telephony.forwarding.verifying import LIVE_KIND
from telephony.models import VerificationStatus, VerifiedCallerId
from telephony.models.forwarding import MOST_WRONG_CODES
from voxanne.clock import now
from voxanne.errors import BadInput, DomainError, NotFound, ProviderError
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)

LOCKED_FOR = timedelta(hours=1)
CODE_DIGITS = 6
# Whoever waits asks us every few seconds; Twilio is asked no more often than this.
ASKED_EVERY = timedelta(seconds=4)
_WRONG_FORM = f"The code has {CODE_DIGITS} digits."


def confirm_verification(*, org: Organization, verification_id: UUID, code: str, actor: Actor) -> VerifiedCallerId:
    """Verify a line: Twilio lists it, and this is its code. Call it with no transaction open.

    Twilio's half comes first: while it is missing no attempt is spent.

    Raises:
        NotFound, BadInput: no such verification, or nothing like a code.
        NotConfirmedYet, CallNotAnswered, CodeExpired, AlreadyVerified, NumberLocked: no attempt was spent.
        WrongCode: one was; after the third the number is locked.
    """
    digits = "".join(code.split()) if isinstance(code, str) else ""
    if len(digits) != CODE_DIGITS or not (digits.isascii() and digits.isdecimal()):
        raise BadInput(_WRONG_FORM, fields={"verificationCode": [_WRONG_FORM]})
    with org_scope(org):
        with org_tx():
            row = _get(verification_id)
            _refuse_unless_open(row)
        if not row.is_confirmed_by_twilio:
            _ask_twilio(org, row)
        row, refusal = _judge(org, verification_id, digits, actor)
    if refusal is not None:
        raise refusal
    return row


def get_verification(*, org: Organization, verification_id: UUID) -> VerificationState:
    """How far it is, as the table has it.

    Raises:
        NotFound: the organisation has none of that id.
    """
    with org_scope(org), org_tx():
        return _state(_get(verification_id))


def refresh_verification(*, org: Organization, verification_id: UUID) -> VerificationState:
    """The same, Twilio being asked where its callback may be lost: at most every few seconds, whoever asks.

    Call it with no transaction open. Twilio's troubles are not told: the next look asks again.

    Raises:
        NotFound: the organisation has none of that id.
    """
    with org_scope(org):
        with org_tx():
            row = _get(verification_id)
            is_due = _claim_question(row)
        if is_due:
            _ask_twilio(org, row)
            with org_tx():
                row = _get(verification_id)
    return _state(row)


def record_confirmed(*, org: Organization, row: VerifiedCallerId, sid: str) -> None:
    """Twilio lists the number under this id, by the call that `row` knows of. In the organisation's transaction.

    Told twice, or after a newer call has begun, it changes nothing; told after a failure, it was right all the same.
    """
    current = VerifiedCallerId.objects.select_for_update().filter(pk=row.pk).first()
    if current is None or current.twilio_caller_id_sid or current.twilio_call_sid != row.twilio_call_sid:
        return
    current.twilio_caller_id_sid, current.is_ours_at_twilio = sid, True
    if current.call_failed_at is not None:
        current.status, current.call_failed_at = VerificationStatus.PENDING, None
    current.save()
    publish_on_commit(org.pk, LIVE_KIND, id=row.pk)


def record_call_failed(*, org: Organization, row: VerifiedCallerId) -> None:
    """The call ended without the code. In the organisation's transaction; nothing outweighs that Twilio lists it."""
    waiting = VerifiedCallerId.objects.filter(
        pk=row.pk, status=VerificationStatus.PENDING, twilio_caller_id_sid="", call_failed_at__isnull=True
    )
    if waiting.update(status=VerificationStatus.FAILED, call_failed_at=now(), updated_at=now()):
        VERIFICATIONS.labels("not_answered").inc()
        publish_on_commit(org.pk, LIVE_KIND, id=row.pk)


def _get(verification_id: UUID) -> VerifiedCallerId:
    row: VerifiedCallerId | None = VerifiedCallerId.objects.filter(pk=verification_id).first()
    if row is None:
        raise NotFound("We could not find that verification.")
    return row


def _state(row: VerifiedCallerId) -> VerificationState:
    return VerificationState(
        verification_id=row.pk,
        phone_number=row.phone_number,
        status=row.shown_status.value,
        attempts_left=0 if row.is_locked() else row.attempts_left,
        expires_at=row.verification_code_expires_at,
        locked_until=row.locked_until if row.is_locked() else None,
        is_confirmed_by_twilio=row.is_confirmed_by_twilio,
        has_call_failed=row.call_failed_at is not None,
    )


def _refuse_unless_open(row: VerifiedCallerId) -> None:
    """Whether a code can be judged at all."""
    moment = now()
    if row.is_verified:
        raise AlreadyVerified
    if row.locked_until is not None and row.is_locked(moment):
        raise NumberLocked(until=row.locked_until, moment=moment)
    if row.is_code_expired(moment) or row.status == VerificationStatus.EXPIRED:
        raise CodeExpired
    if row.call_failed_at is not None:
        raise CallNotAnswered
    if row.claimed_until is not None:
        raise NotConfirmedYet


def _judge(
    org: Organization, verification_id: UUID, code: str, actor: Actor
) -> tuple[VerifiedCallerId, DomainError | None]:
    """Take one guess, alone with the row, so that no two are counted as one. A refusal is returned: it is stored."""
    with org_tx():
        row: VerifiedCallerId | None = VerifiedCallerId.objects.select_for_update().filter(pk=verification_id).first()
        if row is None:
            raise NotFound("We could not find that verification.")
        _refuse_unless_open(row)
        if not row.is_confirmed_by_twilio:
            raise NotConfirmedYet
        if is_code(code, row.verification_code_hash):
            return _accept(org, row, actor), None
        return row, _count_wrong(org, row, actor)


def _accept(org: Organization, row: VerifiedCallerId, actor: Actor) -> VerifiedCallerId:
    row.status, row.verified_at = VerificationStatus.VERIFIED, now()
    row.verification_code_hash, row.verification_code_expires_at = "", None
    row.save()
    audit.record(actor, "line.verified", row)
    publish_on_commit(org.pk, LIVE_KIND, id=row.pk)
    VERIFICATIONS.labels("verified").inc()
    return row


def _count_wrong(org: Organization, row: VerifiedCallerId, actor: Actor) -> DomainError:
    moment = now()
    row.verification_attempts += 1
    VERIFICATIONS.labels("wrong_code").inc()
    if row.verification_attempts < MOST_WRONG_CODES:
        row.save(update_fields=["verification_attempts", "updated_at"])
        return WrongCode(attempts_left=row.attempts_left)
    row.locked_until = moment + LOCKED_FOR
    row.status, row.verification_code_hash, row.verification_code_expires_at = VerificationStatus.FAILED, "", None
    row.save()
    audit.record(actor, "line.locked", row)
    publish_on_commit(org.pk, LIVE_KIND, id=row.pk)
    VERIFICATIONS.labels("locked").inc()
    return NumberLocked(until=row.locked_until, moment=moment)


def _claim_question(row: VerifiedCallerId) -> bool:
    """The right to ask Twilio about it now, if there is anything to ask."""
    moment = now()
    if row.status != VerificationStatus.PENDING or not row.twilio_call_sid or row.is_code_expired(moment):
        return False
    unasked = Q(asked_at__isnull=True) | Q(asked_at__lte=moment - ASKED_EVERY)
    return bool(VerifiedCallerId.objects.filter(unasked, pk=row.pk, twilio_caller_id_sid="").update(asked_at=moment))


def _ask_twilio(org: Organization, row: VerifiedCallerId) -> None:
    """Note that Twilio lists the number, if it does. Trouble on the way leaves everything as it was."""
    account = find_line_account(org, row.twilio_account_sid)
    if account is None or not row.twilio_call_sid:
        return
    try:
        listed = account.client().list_caller_ids(number=row.phone_number, limit=2)
    except ProviderError as error:
        log.warning("verification.not_looked_up", verification=str(row.pk), error=str(error))
        return
    found = next((item.sid for item in listed if item.number == row.phone_number), "")
    if found:
        with org_tx():
            record_confirmed(org=org, row=row, sid=found)
