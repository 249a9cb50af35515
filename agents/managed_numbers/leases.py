"""One worker at a time takes a number further; each thing it did is written down before the next."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from agents.errors import LeaseLost
from agents.leases import LEASE_S, HeldRow, retry_delay_s
from orgs import audit
from orgs.actors import Actor
from orgs.scope import org_tx
from telephony.models import ManagedPhoneNumber, ManagedStatus, TwilioAccount
from voxanne.clock import now
from voxanne.live import publish_on_commit


@dataclass
class ManagedLease(HeldRow):
    """The right to take one number further, and the row as it was last read."""

    claim: ClassVar[str] = "claim"
    claimed_until: ClassVar[str] = "claimed_until"
    token: UUID
    row: ManagedPhoneNumber

    @property
    def held(self) -> ManagedPhoneNumber:
        return self.row

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.row.due_at is None

    def lock(self) -> ManagedPhoneNumber:
        """The row as it is now, locked. Inside the open transaction.

        Raises:
            LeaseLost: another worker has it.
        """
        row = ManagedPhoneNumber.objects.select_for_update().filter(pk=self.row.pk, claim=self.token).first()
        if row is None:
            raise LeaseLost
        self.row = row
        return self.row

    def note(self, **facts: Any) -> None:
        """Write down what was done, and whether that was all. What people wish meanwhile is kept.

        Raises:
            LeaseLost: another worker has it, and will find what was done.
        """
        with org_tx():
            row = self.lock()
            self._keep(row, **facts)

    def give_up(self, *, code: str, sentence: str) -> None:
        """It cannot go on: from here everything is undone."""
        with org_tx():
            self._keep(self.lock(), is_wanted=False, problem_code=code[:32], problem=sentence)

    def postpone(self, sentence: str, *, wait_s: int | None = None) -> None:
        """Leave it to a sweeper, in words for its page."""
        was_wanted = self.row.is_wanted
        with org_tx():
            row = self.lock()
            row.attempts = max(row.attempts, 1)
            row.due_at = now() + timedelta(seconds=wait_s or retry_delay_s(row.attempts))
            if was_wanted != row.is_wanted:  # somebody gave it back meanwhile
                row.due_at = now()
            if row.is_wanted or not row.problem_code:
                row.problem = sentence
            row.save()
            publish_on_commit(row.org_id, "agent", id=row.pk)

    def end(self) -> None:
        """Nothing of it is left at Twilio and Vapi."""
        with org_tx():
            row = self.lock()
            TwilioAccount.objects.filter(phone_number=row.phone_number, is_managed=True).delete()
            row.twilio_sid = row.vapi_phone_number_id = ""
            row.status = ManagedStatus.FAILED if row.problem_code else ManagedStatus.RELEASED
            row.problem = row.problem if row.problem_code else ""
            row.due_at, row.ended_at, row.attempts = None, now(), 0
            row.save()
            audit.record(Actor.system(row.org_id), f"managed_number.{row.status}", row)
            publish_on_commit(row.org_id, "agent", id=row.pk)

    def _keep(self, row: ManagedPhoneNumber, **facts: Any) -> None:
        moment = now()
        for name, value in facts.items():
            setattr(row, name, value)
        row.attempts, row.status = 0, row.status_now()
        row.claimed_until = moment + timedelta(seconds=LEASE_S)
        row.due_at = moment + timedelta(seconds=retry_delay_s(1))
        if not row.problem_code:
            row.problem = ""
        if row.status == ManagedStatus.ACTIVE:
            row.due_at = None
            audit.record(Actor.system(row.org_id), "managed_number.active", row)
        row.save()
        publish_on_commit(row.org_id, "agent", id=row.pk)


def take_managed_lease(row_id: UUID) -> ManagedLease | None:
    """Take a number; None when another worker has it, or there is nothing to do about it.

    The attempt is counted and the sweeper's next look set before any work is done.
    """
    moment = now()
    with org_tx():
        row = ManagedPhoneNumber.objects.select_for_update().filter(pk=row_id).first()
        if row is None or row.due_at is None:
            return None
        if row.claimed_until is not None and row.claimed_until > moment:
            return None
        row.claim, row.claimed_until = uuid4(), moment + timedelta(seconds=LEASE_S)
        row.attempts += 1
        row.due_at = moment + timedelta(seconds=retry_delay_s(row.attempts))
        row.save(update_fields=["claim", "claimed_until", "attempts", "due_at", "updated_at"])
    return ManagedLease(token=row.claim, row=row)
