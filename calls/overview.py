"""The day at a glance: five figures against yesterday, one chart with its answer, what needs a person."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse

from agents.models import Agent, SyncState
from calls.models import Call
from contacts.models import StaffTask, TaskKind
from contacts.staff_tasks.selectors import list_tasks
from credentials.selectors import list_failures
from orgs.models import Organization
from scheduling.calendars.attention import CalendarTrouble, list_stale, list_trouble
from scheduling.waitlist.selectors import recovered_this_month
from voxanne.clock import now
from voxanne.money import say_money
from voxanne.ui.durations import say_duration
from voxanne.ui.figures import Chart, Stat, compare

SPARK_DAYS = 14
PERIODS = (7, 30, 90)


@dataclass(frozen=True)
class Day:
    """One local day of a clinic's phone."""

    day: date
    calls: int = 0
    inbound: int = 0
    booked: int = 0
    seconds: int = 0
    timed: int = 0
    positive: int = 0
    rated: int = 0
    failed: int = 0

    @property
    def success_percent(self) -> float:
        """Booked of inbound, in percent (spec 80)."""
        return self.booked / self.inbound * 100 if self.inbound else 0.0

    @property
    def average_seconds(self) -> float:
        return self.seconds / self.timed if self.timed else 0.0

    @property
    def positive_percent(self) -> float:
        return self.positive / self.rated * 100 if self.rated else 0.0


@dataclass(frozen=True)
class Attention:
    """Something that needs a person, and where to go for it."""

    title: str
    detail: str
    href: str
    icon: str
    tone: str = "warning"


@dataclass(frozen=True)
class Overview:
    """Everything that the page shows."""

    has_calls: bool
    stats: list[Stat]
    chart: Chart
    days: int
    attention: list[Attention] = field(default_factory=list)
    tasks: list[StaffTask] = field(default_factory=list)


_BY_DAY = """
SELECT (created_at AT TIME ZONE %s)::date AS day, count(*),
       count(*) FILTER (WHERE call_type = 'inbound'),
       count(*) FILTER (WHERE booking_confirmed),
       coalesce(sum(duration_seconds), 0), count(duration_seconds),
       count(*) FILTER (WHERE sentiment_label = 'positive'),
       count(*) FILTER (WHERE sentiment_label <> ''),
       count(*) FILTER (WHERE status = 'failed')
FROM call_logs WHERE org_id = %s::uuid AND created_at >= %s::timestamptz
GROUP BY 1 ORDER BY 1
"""


def overview(*, org: Organization, days: int) -> Overview:
    """The overview of one organisation over so many days. Its queries do not grow with them."""
    today = now().astimezone(org.zone).date()
    by_day = _count_by_day(org, first=today - timedelta(days=max(days, SPARK_DAYS) - 1))
    series = [
        by_day.get(today - timedelta(days=back), Day(today - timedelta(days=back))) for back in range(days - 1, -1, -1)
    ]
    spark = [
        by_day.get(today - timedelta(days=back), Day(today - timedelta(days=back)))
        for back in range(SPARK_DAYS - 1, -1, -1)
    ]
    has_calls = bool(by_day) or Call.objects.exists()
    tasks = list_tasks()
    return Overview(
        has_calls=has_calls,
        stats=[*_stats(spark), *_recovered(org)],
        chart=_chart(series),
        days=days,
        attention=[*_urgent(tasks), *_attention(org, spark[-1])],
        tasks=[task for task in tasks if task.kind != TaskKind.RED_FLAG],
    )


def _count_by_day(org: Organization, *, first: date) -> dict[date, Day]:
    start = datetime.combine(first, time.min, tzinfo=org.zone)
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [org.timezone, org.pk, start])
        return {row[0]: Day(*row) for row in cursor.fetchall()}


def _stats(spark: list[Day]) -> list[Stat]:
    today = spark[-1]

    def stat(
        label: str, value: str, points: list[float], *, unit: str = "", more_is_better: bool | None = True
    ) -> Stat:
        if not points[-1] and points[-2]:  # a day that has not begun is no fall of 100%
            return Stat(label=label, value=value, unit=unit, points=points, note="None yet today")
        change: dict[str, Any] = compare(now=points[-1], before=points[-2], more_is_better=more_is_better)
        return Stat(label=label, value=value, unit=unit, points=points, **change)

    return [
        stat("Calls today", str(today.calls), [float(day.calls) for day in spark], more_is_better=None),
        stat("Bookings today", str(today.booked), [float(day.booked) for day in spark]),
        stat(
            "Calls that booked", _percent(today.success_percent, today.inbound), [day.success_percent for day in spark]
        ),
        stat(
            "Average call",
            say_duration(round(today.average_seconds)) if today.timed else "–",
            [day.average_seconds for day in spark],
            more_is_better=None,
        ),
        stat("Positive calls", _percent(today.positive_percent, today.rated), [day.positive_percent for day in spark]),
    ]


def _recovered(org: Organization) -> list[Stat]:
    """What the waiting list brought back this month, once it has brought anything."""
    recovered = recovered_this_month(org=org)
    if not recovered.count:
        return []
    visits = "1 visit" if recovered.count == 1 else f"{recovered.count} visits"
    return [
        Stat(
            label="Recovered this month",
            value=say_money(recovered.value_minor, recovered.currency),
            note=f"{visits} from the waiting list",
        )
    ]


def _percent(value: float, of: int) -> str:
    return f"{round(value)}%" if of else "–"


def _chart(series: list[Day]) -> Chart:
    booked = sum(day.booked for day in series)
    return Chart(
        key="bookings",
        title=_answer(series, booked),
        unit="bookings",
        labels=[f"{day.day:%a} {day.day.day} {day.day:%b}" for day in series],
        values=[day.booked for day in series],
    )


def _answer(series: list[Day], booked: int) -> str:
    """The chart's title says what it shows."""
    period = f"the last {len(series)} days"
    if booked == 0:
        return f"No bookings in {period}"
    best = max(series, key=lambda day: day.booked)
    if booked == 1:
        return f"One booking in {period}, on {best.day:%A}"
    if best.booked == booked:
        return f"{booked} bookings in {period}, all on {best.day:%A} {best.day.day} {best.day:%B}"
    return f"{booked} bookings in {period}, most on {best.day:%A} {best.day.day} {best.day:%B}"


def _urgent(tasks: list[StaffTask]) -> list[Attention]:
    """Callers who may need help: somebody reads what was said before it is put away."""
    return [
        Attention(
            title="A caller may need urgent help",
            detail=task.reason,
            href=reverse("calls:detail", args=[task.call_id]) if task.call_id else reverse("calls:list"),
            icon="siren",
            tone="error",
        )
        for task in tasks
        if task.kind == TaskKind.RED_FLAG and task.is_open
    ]


def _attention(org: Organization, today: Day) -> list[Attention]:
    items = [
        Attention(
            title=f"{status.provider.label} needs attention",
            detail=status.verification_error,
            href=reverse("credentials:integrations"),
            icon="plug",
            tone="error",
        )
        for status in list_failures(org)
    ]
    items += [
        Attention(
            title=f"{agent.name} is not up to date",
            detail=agent.sync_error or "The last change has not reached the phone line.",
            href=reverse("agents:list"),
            icon="headset",
            tone="error",
        )
        for agent in Agent.objects.filter(sync_state=SyncState.FAILED).only("id", "org_id", "name", "sync_error")
    ]
    items += [
        Attention(title=stale.title, detail=stale.detail, href=reverse("credentials:integrations"), icon="calendar-x")
        for stale in list_stale(org)
    ]
    items += [_of_calendar(trouble) for trouble in list_trouble(org)]
    if today.failed:
        words = "One call" if today.failed == 1 else f"{today.failed} calls"
        items.append(
            Attention(
                title=f"{words} failed today",
                detail="See who called and ring them back.",
                href=f"{reverse('calls:list')}?outcome=failed",
                icon="phone-off",
            )
        )
    return items


def _of_calendar(trouble: CalendarTrouble) -> Attention:
    one = trouble.appointment_id
    return Attention(
        title=trouble.title,
        detail=trouble.detail,
        href=reverse("scheduling:one", args=[one]) if one else reverse("scheduling:appointments"),
        icon="calendar-x" if trouble.is_error else "calendar-clock",
        tone="error" if trouble.is_error else "warning",
    )
