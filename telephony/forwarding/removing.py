"""Removing a line: at Twilio first, where the entry is ours, so that a number is never left behind there unseen."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.forwarding.accounts import find_line_account
from telephony.forwarding.errors import NumberLocked, TwilioUnreachable
from telephony.forwarding.verifying import LIVE_KIND
from telephony.models import ForwardingStatus, HybridForwardingConfig, VerifiedCallerId
from voxanne.clock import now
from voxanne.errors import NotFound, ProviderError
from voxanne.failpoints import failpoint
from voxanne.live import publish_on_commit

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RemovedLine:
    """What was removed; `off_code` has to be dialled where calls were forwarded, else it is ""."""

    phone_number: str
    off_code: str


def remove_line(*, org: Organization, verified_caller_id: UUID, actor: Actor) -> RemovedLine:
    """Forget a line and its forwarding. Call it with no transaction open.

    Done again after a crash it goes on where it was: Twilio forgets an entry that is gone already.

    Raises:
        NotFound: no such line. NumberLocked: three wrong codes; removing it must not lift the lock.
        TwilioUnreachable: nothing was removed.
    """
    with org_scope(org):
        with org_tx():
            row: VerifiedCallerId | None = VerifiedCallerId.objects.filter(pk=verified_caller_id).first()
            if row is None:
                raise NotFound("We could not find that number.")
            if row.locked_until is not None and row.is_locked():
                raise NumberLocked(until=row.locked_until, moment=now())
        _forget_at_twilio(org, row)
        failpoint("line.forgotten_at_twilio")
        return _delete(org, row, actor)


def _forget_at_twilio(org: Organization, row: VerifiedCallerId) -> None:
    """Only what our own call made there; an entry that the clinic had before is the clinic's."""
    account = find_line_account(org, row.twilio_account_sid) if row.is_ours_at_twilio else None
    if account is None:
        return
    try:
        account.client().delete_caller_id(row.twilio_caller_id_sid)
    except ProviderError as error:
        log.warning("line.not_forgotten_at_twilio", line=str(row.pk), error=str(error))
        if error.retryable:
            raise TwilioUnreachable(
                "Twilio could not be reached, nothing was removed. Try again in a minute."
            ) from error


def _delete(org: Organization, row: VerifiedCallerId, actor: Actor) -> RemovedLine:
    with org_tx():
        config = HybridForwardingConfig.objects.filter(verified_caller_id=row.pk).first()
        audit.record(actor, "line.removed", row)
        VerifiedCallerId.objects.filter(pk=row.pk).delete()
        publish_on_commit(org.pk, LIVE_KIND, id=row.pk)
    forwards = config is not None and config.status != ForwardingStatus.DISABLED
    return RemovedLine(row.phone_number, config.generated_deactivation_code if config and forwards else "")
