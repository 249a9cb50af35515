"""What needs a person, and where to go for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from agents.models import Agent, SyncState
from contacts.models import StaffTask, TaskKind
from credentials.selectors import list_failures
from knowledge.document_list import count_failed as count_failed_documents
from knowledge.questions.selectors import count_open
from orgs.models import Organization
from scheduling.calendars.attention import CalendarTrouble, list_stale, list_trouble
from telephony.selectors import count_failed
from voxanne.clock import now

# A message that did not arrive is told for so long: over a weekend, and not for ever.
MESSAGES_FOR = timedelta(days=3)


@dataclass(frozen=True)
class Attention:
    """Something that needs a person, and where to go for it."""

    title: str
    detail: str
    href: str
    icon: str
    tone: str = "warning"


def list_attention(*, org: Organization, tasks: Iterable[StaffTask], failed_today: int) -> list[Attention]:
    """Everything, callers in danger first. A constant number of queries."""
    return [
        *_urgent(tasks),
        *_connections(org),
        *_agents(),
        *_calendars(org),
        *_failed_calls(failed_today),
        *_failed_messages(),
        *_knowledge(),
    ]


def _urgent(tasks: Iterable[StaffTask]) -> Iterator[Attention]:
    """Callers who may need help: somebody reads what was said before it is put away."""
    for task in tasks:
        if task.kind == TaskKind.RED_FLAG and task.is_open:
            yield Attention(
                title="A caller may need urgent help",
                detail=task.reason,
                href=reverse("calls:detail", args=[task.call_id]) if task.call_id else reverse("calls:list"),
                icon="siren",
                tone="error",
            )


def _connections(org: Organization) -> Iterator[Attention]:
    for status in list_failures(org):
        yield Attention(
            title=f"{status.provider.label} needs attention",
            detail=status.verification_error,
            href=reverse("credentials:integrations"),
            icon="plug",
            tone="error",
        )


def _agents() -> Iterator[Attention]:
    for agent in Agent.objects.filter(sync_state=SyncState.FAILED).only("id", "org_id", "name", "sync_error"):
        yield Attention(
            title=f"{agent.name} is not up to date",
            detail=agent.sync_error or "The last change has not reached the phone line.",
            href=reverse("agents:list"),
            icon="headset",
            tone="error",
        )


def _calendars(org: Organization) -> Iterator[Attention]:
    integrations = reverse("credentials:integrations")
    for stale in list_stale(org):
        yield Attention(title=stale.title, detail=stale.detail, href=integrations, icon="calendar-x")
    yield from map(_of_calendar, list_trouble(org))


def _of_calendar(trouble: CalendarTrouble) -> Attention:
    one = trouble.appointment_id
    return Attention(
        title=trouble.title,
        detail=trouble.detail,
        href=reverse("scheduling:one", args=[one]) if one else reverse("scheduling:appointments"),
        icon="calendar-x" if trouble.is_error else "calendar-clock",
        tone="error" if trouble.is_error else "warning",
    )


def _failed_calls(count: int) -> Iterator[Attention]:
    if count:
        yield Attention(
            title=f"{'One call' if count == 1 else f'{count:,} calls'} failed today",
            detail="See who called and ring them back.",
            href=f"{reverse('calls:list')}?outcome=failed",
            icon="phone-off",
        )


def _failed_messages() -> Iterator[Attention]:
    if count := count_failed(since=now() - MESSAGES_FOR):
        yield Attention(
            title=f"{'One message' if count == 1 else f'{count:,} messages'} did not arrive",
            detail="In the last three days. See why, and reach them another way.",
            href=f"{reverse('telephony:messages')}?status=failed",
            icon="message-square-x",
        )


def _knowledge() -> Iterator[Attention]:
    """What callers asked in vain, and documents that could not be read."""
    if count := count_open():
        yield Attention(
            title="A caller’s question has no answer"
            if count == 1
            else f"{count:,} questions of callers have no answer",
            detail="Write the answer once, and the next caller hears it.",
            href=reverse("knowledge:questions"),
            icon="circle-question-mark",
        )
    if count := count_failed_documents():
        yield Attention(
            title=f"{'One document' if count == 1 else f'{count:,} documents'} could not be read",
            detail="See why, and upload it again.",
            href=f"{reverse('knowledge:documents')}?state=failed",
            icon="file-x",
        )
