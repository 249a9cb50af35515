"""One worker at a time tidies up an account: a lease in its row, as for agents (`agents.leases`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from agents.errors import LeaseLost
from agents.leases import LEASE_S, HeldRow, retry_delay_s
from agents.models import VapiAccount
from orgs.scope import org_tx
from voxanne.clock import now


@dataclass(frozen=True)
class AccountLease(HeldRow):
    """The right to tidy up one account that was left; lost also when the organisation comes back."""

    claim: ClassVar[str] = "claim"
    claimed_until: ClassVar[str] = "claimed_until"
    token: UUID
    row: VapiAccount

    @property
    def held(self) -> VapiAccount:
        return self.row

    def note(self, *, due_at: datetime, answered_at: datetime | None, emptied_at: datetime | None = None) -> None:
        """Write down how far it has come, and when to look again.

        Raises:
            LeaseLost: as `renew`.
        """
        self.write(due_at=due_at, answered_at=answered_at, emptied_at=emptied_at, attempts=0)

    def end(self) -> None:
        """Nothing is left to do.

        Raises:
            LeaseLost: as `renew`.
        """
        with org_tx():
            deleted, _ = self.mine().delete()
        if not deleted:
            raise LeaseLost


def take_account_lease(row_id: UUID) -> AccountLease | None:
    """Take an account that was left; None when another worker has it, or there is nothing to do about it.

    The attempt is counted and the sweeper's next look set before any work is done.
    """
    moment = now()
    with org_tx():
        row = VapiAccount.objects.select_for_update().filter(pk=row_id).exclude(left_at=None).first()
        if row is None or (row.claimed_until is not None and row.claimed_until > moment):
            return None
        row.claim, row.claimed_until = uuid4(), moment + timedelta(seconds=LEASE_S)
        row.attempts += 1
        row.due_at = moment + timedelta(seconds=retry_delay_s(row.attempts))
        row.save(update_fields=["claim", "claimed_until", "attempts", "due_at", "updated_at"])
    return AccountLease(row.claim, row)
