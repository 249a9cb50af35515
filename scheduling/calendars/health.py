"""How well a clinic's calendars are followed, and whether booking may trust them. Judged from facts, by the minute.

Stale is a calendar that was not read to its end for more than 15 minutes, whatever the reason: then what is free may
be wrong, and a person confirms each booking. It ends by itself with the next reading that goes well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from orgs.models import Organization
from scheduling.calendars.types import CalendarHealth, ConnectionHealth, Trouble
from scheduling.models import CalendarConnection, CalendarProvider, ConnectionState
from voxanne.clock import now

STALE_AFTER = timedelta(minutes=15)

DriftCount = Callable[[Organization, CalendarConnection], int]
_drift: list[DriftCount] = []


def register_drift(count: DriftCount) -> None:
    """Have `count(org, connection)` say how many events of ours differ from the calendar; outside any transaction."""
    _drift[:] = [count]


def count_drift(org: Organization, connection: CalendarConnection) -> int:
    """How many events of ours differ from what we want; 0 until something registered counts them."""
    return sum(count(org, connection) for count in _drift)


@dataclass(frozen=True)
class Facts:
    """What is known of a connection.

    Attributes:
        needs_person: its account refuses us until somebody connects it again; `error` says why.
        wants_channel: the provider could reach us, so it should tell us of changes.
        drift: how many events of ours differ from the calendar.
    """

    connection_id: UUID
    label: str
    connected_at: datetime
    last_synced_at: datetime | None
    needs_person: bool = False
    error: str = ""
    has_channel: bool = False
    wants_channel: bool = False
    drift: int = 0

    @classmethod
    def of(cls, connection: CalendarConnection, *, at: datetime, wants_channel: bool = False) -> "Facts":
        ends_at = connection.channel_expires_at
        return cls(
            connection_id=connection.pk,
            label=CalendarProvider(connection.provider).label,
            connected_at=connection.connected_at,
            last_synced_at=connection.last_synced_at,
            needs_person=connection.state == ConnectionState.ATTENTION,
            error=connection.error,
            has_channel=bool(connection.channel_id) and ends_at is not None and ends_at > at,
            wants_channel=wants_channel,
            drift=connection.drift,
        )


def judge(facts: Facts, *, at: datetime, zone: ZoneInfo) -> ConnectionHealth:
    """How well a calendar is followed at a moment."""
    is_stale = at - (facts.last_synced_at or facts.connected_at) > STALE_AFTER
    troubles = (
        *((Trouble.ACCESS,) if facts.needs_person else ()),
        *((Trouble.STALE,) if is_stale else ()),
        *((Trouble.CHANNEL,) if facts.wants_channel and not facts.has_channel else ()),
        *((Trouble.DRIFT,) if facts.drift else ()),
    )
    return ConnectionHealth(
        connection_id=facts.connection_id,
        label=facts.label,
        last_synced_at=facts.last_synced_at,
        is_stale=is_stale,
        troubles=troubles,
        sentence=_sentence(facts, troubles, at=at, zone=zone),
    )


def calendar_health(org: Organization) -> CalendarHealth:
    """How well an organisation's calendars are followed now. One query, inside org_tx."""
    moment = now()
    rows = CalendarConnection.objects.for_org(org.pk).order_by("provider")
    return CalendarHealth(tuple(judge(Facts.of(row, at=moment), at=moment, zone=org.zone) for row in rows))


def _sentence(facts: Facts, troubles: tuple[Trouble, ...], *, at: datetime, zone: ZoneInfo) -> str:
    if Trouble.ACCESS in troubles:
        kept = facts.error or f"{facts.label} stopped letting us read your calendar."
        return f"{kept} Until then your team confirms each new booking." if Trouble.STALE in troubles else kept
    if Trouble.STALE in troubles:
        return f"{_since(facts, at=at, zone=zone)} Until it answers again, your team confirms each new booking."
    if Trouble.DRIFT in troubles:
        events = "One event" if facts.drift == 1 else f"{facts.drift} events"
        return f"{events} in {facts.label} differ from your diary. We are putting that right."
    return ""


def _since(facts: Facts, *, at: datetime, zone: ZoneInfo) -> str:
    if facts.last_synced_at is None:
        return f"We have not been able to read your {facts.label} yet."
    local, today = facts.last_synced_at.astimezone(zone), at.astimezone(zone).date()
    when = f"{local:%H:%M}" if local.date() == today else f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
    return f"We have not been able to read your {facts.label} since {when}."
