"""One worker at a time talks to Vapi about a number: a lease in its row, as for agents (`agents.leases`)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from agents.leases import LEASE_S, HeldRow, retry_delay_s
from agents.numbers.routes import Route, read_route
from agents.reception import find_answering
from orgs.scope import org_tx
from telephony.models import NumberState, PhoneNumberMapping
from voxanne.clock import now


def name_at_vapi(row_id: UUID) -> str:
    """How a number and its credential are called at Vapi (40 characters at most): so they are found again."""
    return f"voxanne {row_id.hex}"


@dataclass(frozen=True)
class NumberLease(HeldRow):
    """The right to bring one number in step, the row as it was taken, and who should answer.

    Attributes:
        assistant_id: of the answering agent at Vapi; "" while it has none.
        route: how Vapi is to find who answers.
    """

    token: UUID
    row: PhoneNumberMapping
    assistant_id: str
    route: Route

    @property
    def is_answered(self) -> bool:
        """Whether a call to this number reaches an answer once Vapi has followed."""
        return self.route.is_dynamic or bool(self.assistant_id)

    @property
    def name(self) -> str:
        """As `name_at_vapi`."""
        return name_at_vapi(self.row.pk)

    @property
    def held(self) -> PhoneNumberMapping:
        return self.row


def take_number_lease(*, row_id: UUID) -> NumberLease | None:
    """Take a number for syncing; None when another worker has it, or there is nothing to do about it.

    The attempt is counted and the sweeper's next look set before any work is done.
    """
    moment = now()
    with org_tx():
        row = PhoneNumberMapping.objects.select_for_update().filter(pk=row_id).first()
        if row is None or row.sync_due_at is None:
            return None
        if row.sync_claimed_until is not None and row.sync_claimed_until > moment:
            return None
        row.sync_claim, row.sync_claimed_until = uuid4(), moment + timedelta(seconds=LEASE_S)
        row.sync_attempts += 1
        row.sync_due_at = moment + timedelta(seconds=retry_delay_s(row.sync_attempts))
        row.sync_state = NumberState.SYNCING
        row.save(
            update_fields=[
                "sync_claim", "sync_claimed_until", "sync_attempts", "sync_due_at", "sync_state", "updated_at",
            ]
        )  # fmt: skip
        answering = find_answering(row.agent_id)
        route = read_route(answering)
    assistant_id = answering.vapi_assistant_id if answering else ""
    return NumberLease(token=row.sync_claim, row=row, assistant_id=assistant_id, route=route)
