"""What pages show of the clinic's calendars."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from orgs.models import Organization
from scheduling.calendars.channels import is_reachable
from scheduling.calendars.health import Facts, judge
from scheduling.calendars.types import ConnectionHealth
from scheduling.models import CalendarConnection, CalendarProvider, ConnectionState
from voxanne.clock import now
from voxanne.errors import NotFound


@dataclass(frozen=True)
class CalendarCard:
    """One connected calendar as the settings page shows it.

    Attributes:
        tone, words: its state in a word.
        blocking: how many outside events that are not over keep slots away.
        is_told: the provider tells us of changes; otherwise we look every two minutes.
    """

    connection: CalendarConnection
    label: str
    health: ConnectionHealth
    tone: str
    words: str
    blocking: int
    is_told: bool


def list_calendar_cards(org: Organization) -> list[CalendarCard]:
    """The connected calendars, by provider. One query, inside org_tx."""
    moment = now()
    rows = (
        CalendarConnection.objects.for_org(org.pk)
        .annotate(blocking=Count("blocks", filter=Q(blocks__ends_at__gt=moment, blocks__org_id=org.pk)))
        .select_related("practitioner")
        .order_by("provider")
    )
    return [_card(org, row) for row in rows]


def list_unconnected(cards: list[CalendarCard]) -> list[str]:
    """The labels of the calendars that could be connected beside those."""
    connected = {card.connection.provider for card in cards}
    return [provider.label for provider in CalendarProvider if provider not in connected]


def get_connection(connection_id: UUID) -> CalendarConnection:
    """A connection of the organisation in scope. Inside org_tx.

    Raises:
        NotFound: there is none.
    """
    connection: CalendarConnection | None = CalendarConnection.objects.filter(pk=connection_id).first()
    if connection is None:
        raise NotFound("That calendar is not connected.")
    return connection


def _card(org: Organization, row: CalendarConnection) -> CalendarCard:
    moment = now()
    facts = Facts.of(row, at=moment, wants_channel=is_reachable())
    health = judge(facts, at=moment, zone=org.zone)
    tone, words = _state(row, health)
    return CalendarCard(
        connection=row,
        label=health.label,
        health=health,
        tone=tone,
        words=words,
        blocking=row.blocking,  # type: ignore[attr-defined]  # annotated above
        is_told=facts.has_channel,
    )


def _state(row: CalendarConnection, health: ConnectionHealth) -> tuple[str, str]:
    if row.state == ConnectionState.ATTENTION:
        return "error", "Needs attention"
    if health.is_stale:
        return "warning", "Not answering"
    if row.state == ConnectionState.CONNECTING:
        return "info", "Reading for the first time"
    if row.state == ConnectionState.RETRYING:
        return "warning", "Trying again"
    return "success", "Up to date"
