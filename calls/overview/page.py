"""The overview page as a whole. Its queries do not grow with the calls, nor with the period."""

from dataclasses import dataclass, field
from datetime import timedelta

from calls.figures_by_day import figures, total
from calls.models import Call
from calls.overview.activity import Event, recent_events
from calls.overview.attention import Attention, list_attention
from calls.overview.charts import Measure, draw
from calls.overview.glance import say_glance
from calls.overview.stats import describe
from contacts.models import StaffTask, TaskKind
from contacts.staff_tasks.selectors import list_tasks
from orgs.models import Organization
from voxanne.clock import now
from voxanne.ui.figures import Chart, Stat

PERIODS = (7, 30, 90)


@dataclass(frozen=True)
class Overview:
    """Everything that the page shows."""

    has_calls: bool
    glance: list[str]
    stats: list[Stat]
    chart: Chart
    measure: Measure
    days: int
    events: list[Event] = field(default_factory=list)
    attention: list[Attention] = field(default_factory=list)
    tasks: list[StaffTask] = field(default_factory=list)


def overview(*, org: Organization, days: int, measure: Measure) -> Overview:
    """The overview of one organisation over so many days, today the last of them."""
    today = now().astimezone(org.zone).date()
    both = figures(org=org, first=today - timedelta(days=2 * days - 1), last=today)
    before, period = both[:days], both[days:]
    tasks = list_tasks()
    return Overview(
        has_calls=any(day.calls for day in both) or Call.objects.exists(),
        glance=say_glance(total(period), before=total(before), days=days, currency=org.currency),
        stats=describe(org=org, before=before, period=period),
        chart=draw(measure, period, currency=org.currency),
        measure=measure,
        days=days,
        events=recent_events(),
        attention=list_attention(org=org, tasks=tasks, failed_today=period[-1].failed),
        tasks=[task for task in tasks if task.kind != TaskKind.RED_FLAG],
    )
