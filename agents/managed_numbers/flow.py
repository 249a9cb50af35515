"""Taking a number further, from wherever it stands: towards being answered, or back to not being ours.

Whatever kills a worker leaves a row that says what was done; the next one goes on from there.
"""

from enum import StrEnum
from uuid import UUID

import structlog

from agents.errors import LeaseLost
from agents.managed_numbers.buying import buy, give_back, separate
from agents.managed_numbers.errors import CannotGoOn, NotYet
from agents.managed_numbers.importing import connect, disconnect
from agents.managed_numbers.leases import ManagedLease, take_managed_lease
from agents.managed_numbers.words import GAVE_UP, NOT_HAD, say_trouble
from agents.measures import measured_sync
from orgs.models import Organization
from orgs.scope import org_scope
from telephony.master_account import get_master_client
from telephony.models import ManagedStatus
from voxanne.errors import DomainError, ProviderError
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

# So often one step is tried before everything is undone: about an hour. Undoing is never given up.
MAX_ATTEMPTS = 8
GIVEN_UP = "given_up"


class FlowOutcome(StrEnum):
    """How far one attempt came."""

    ACTIVE = "active"
    ENDED = "ended"
    WAITING = "waiting"
    BUSY = "busy"
    LOST = "lost"


@measured_sync("managed_number", lambda outcome: outcome)
def advance(*, org: Organization, row_id: UUID | str) -> FlowOutcome:
    """Take one number as far as it goes now. Safe to run twice, at once, or after a crash at any point.

    Call it with no transaction open. Never raises for what providers do: that stands in the row, and a sweeper
    tries again.
    """
    with org_scope(org):
        lease = take_managed_lease(UUID(str(row_id)))
        if lease is None:
            return FlowOutcome.BUSY
        try:
            while not lease.is_done and _take_step(org, lease):
                log.info("managed_number.step", number=str(lease.row.pk), status=lease.row.status)
        except LeaseLost:
            return FlowOutcome.LOST
        finally:
            lease.release()
    if not lease.is_done:
        return FlowOutcome.WAITING
    return FlowOutcome.ACTIVE if lease.row.status == ManagedStatus.ACTIVE else FlowOutcome.ENDED


def _take_step(org: Organization, lease: ManagedLease) -> bool:
    """One step; False when it has to wait."""
    failpoint("managed.step")
    try:
        _step(org, lease)
    except LeaseLost:
        raise
    except CannotGoOn as stop:
        lease.give_up(code=str(stop.context.get("twilio", "")) or stop.code, sentence=stop.message)
    except (ProviderError, DomainError) as error:
        return _wait_or_give_up(lease, error)
    return True


def _step(org: Organization, lease: ManagedLease) -> None:
    client, row = get_master_client(), lease.row
    if not row.is_wanted:
        disconnect(org, lease)
        give_back(lease, client)
        lease.end()
    elif not row.twilio_sid:
        buy(org, lease, client)
    elif not row.twilio_subaccount_sid:
        separate(org, lease, client)
    else:
        connect(org, lease)


def _wait_or_give_up(lease: ManagedLease, error: ProviderError | DomainError) -> bool:
    row = lease.row
    log.warning("managed_number.waits", number=str(row.pk), status=row.status, error=type(error).__name__)
    if row.is_wanted and row.attempts >= MAX_ATTEMPTS:
        lease.give_up(code=GIVEN_UP, sentence=GAVE_UP if row.twilio_sid else NOT_HAD)
        return True
    lease.postpone(say_trouble(error), wait_s=error.wait_s if isinstance(error, NotYet) else None)
    return False
