"""What pages and the API show of numbers of ours."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from agents.models import Agent, CallDirection
from orgs.models import Organization
from telephony.models import ENDED, ForwardingStatus, HybridForwardingConfig, ManagedPhoneNumber, ManagedStatus
from voxanne.clock import now
from voxanne.errors import NotFound

# What has ended is shown for so long.
REMEMBERED = timedelta(days=30)
MOST = 200
_STEPS = (
    (ManagedStatus.BUYING, "Buy the number at Twilio"),
    (ManagedStatus.BOUGHT, "Keep its costs apart from other clinics’"),
    (ManagedStatus.IMPORTING, "Connect it to your agent"),
)


@dataclass(frozen=True)
class NumberStep:
    """One step on the way to a number in use. `state` is `todo`, `current` or `done`."""

    title: str
    state: str
    note: str = ""


@dataclass(frozen=True)
class NumberView:
    """A number with the name of the agent that has it ("" for none).

    Attributes:
        only_calls_out: the agent calls from it and answers nobody; who rings it back reaches the reception.
    """

    row: ManagedPhoneNumber
    agent_name: str
    only_calls_out: bool = False

    @property
    def is_moving(self) -> bool:
        """Whether something is still being done about it."""
        return self.row.due_at is not None

    @property
    def is_on_its_way(self) -> bool:
        """Whether it is being bought and connected."""
        return self.is_moving and self.row.is_wanted

    @property
    def steps(self) -> list[NumberStep]:
        """The way to a number in use, and where it stands."""
        order = [status.value for status, _ in _STEPS]
        at = order.index(self.row.status) if self.row.status in order else len(order)
        return [
            NumberStep(title, "done" if place < at else "current" if place == at else "todo",
                       self.row.problem if place == at else "")
            for place, (_, title) in enumerate(_STEPS)
        ]  # fmt: skip


def list_numbers(org: Organization) -> list[NumberView]:
    """The clinic's numbers and those that ended lately, newest first. Two queries, inside the open transaction."""
    shown = ~Q(status__in=ENDED) | Q(ended_at__gte=now() - REMEMBERED)
    rows = list(ManagedPhoneNumber.objects.for_org(org.pk).filter(shown).order_by("-created_at", "-pk")[:MOST])
    agents = {agent.pk: agent for agent in Agent.objects.for_org(org.pk).only("pk", "org_id", "name", "call_direction")}
    return [_view(row, agents.get(row.agent_id) if row.agent_id else None) for row in rows]


def get_number(number_id: UUID) -> NumberView:
    """One number. Two queries, inside the open transaction.

    Raises:
        NotFound: the clinic has none of that id.
    """
    row = ManagedPhoneNumber.objects.filter(pk=number_id).first()
    if row is None:
        raise NotFound("We could not find that number.")
    fields = ("pk", "org_id", "name", "call_direction")
    return _view(row, Agent.objects.filter(pk=row.agent_id).only(*fields).first() if row.agent_id else None)


def list_lines_leading_to(number: str) -> list[HybridForwardingConfig]:
    """The clinic's lines that may forward to a number: whoever gets it next would get their callers. One query."""
    leading = HybridForwardingConfig.objects.filter(twilio_forwarding_number=number)
    return list(leading.exclude(status=ForwardingStatus.DISABLED).order_by("created_at", "pk")[:MOST])


def _view(row: ManagedPhoneNumber, agent: Agent | None) -> NumberView:
    if agent is None:
        return NumberView(row, "")
    return NumberView(row, agent.name, only_calls_out=agent.call_direction == CallDirection.OUTBOUND)
