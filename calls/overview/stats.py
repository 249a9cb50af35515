"""The figures on top: today's counts against yesterday's at this hour, the rest against the period before."""

from collections.abc import Sequence
from typing import Any

from calls.figures_by_day import Day, total, yesterday_by_now
from orgs.models import Organization
from scheduling.waitlist.selectors import recovered_this_month
from voxanne.money import say_money
from voxanne.ui.durations import say_duration
from voxanne.ui.figures import Stat, compare, compare_percent

SPARK_DAYS = 14


def describe(*, org: Organization, before: Sequence[Day], period: Sequence[Day]) -> list[Stat]:
    """All of them, in the order in which they are read."""
    return [*_today(org, [*before, *period][-SPARK_DAYS:]), *_of_period(org, before, period), *_recovered(org)]


def _today(org: Organization, spark: Sequence[Day]) -> list[Stat]:
    today, then = spark[-1], yesterday_by_now(org)
    return [
        _count("Calls today", today.calls, then.calls, [day.calls for day in spark], more_is_better=None),
        _count("Bookings today", today.booked, then.booked, [day.booked for day in spark], more_is_better=True),
    ]


def _count(label: str, value: int, before: int, points: Sequence[float], *, more_is_better: bool | None) -> Stat:
    if not value:
        return Stat(label=label, value="0", points=points, note="None yet today")
    change: dict[str, Any] = compare(now=value, before=before, more_is_better=more_is_better)
    note = "None yesterday by now"
    return Stat(label=label, value=f"{value:,}", points=points, against="yesterday by now", note=note, **change)


def _of_period(org: Organization, before: Sequence[Day], period: Sequence[Day]) -> list[Stat]:
    this, last = total(period), total(before)
    against = f"{len(period)} days before"
    nothing = f"Nothing in the {against}"

    def stat(label: str, value: str, points: Sequence[float], change: dict[str, Any]) -> Stat:
        return Stat(label=label, value=value, points=points, against=against, note=nothing, **change)

    return [
        stat(
            "Calls that booked",
            _percent(this.success_percent, this.inbound),
            [day.success_percent for day in period],
            compare_percent(now=this.success_percent, before=last.success_percent if last.inbound else None),
        ),
        stat(
            "Pipeline value",
            say_money(this.value_minor, org.currency),
            [day.value_minor for day in period],
            compare(now=this.value_minor, before=last.value_minor),
        ),
        stat(
            "Average call",
            say_duration(round(this.average_seconds)) if this.timed else "–",
            [day.average_seconds for day in period],
            compare(now=this.average_seconds, before=last.average_seconds, more_is_better=None),
        ),
        stat(
            "Positive calls",
            _percent(this.positive_percent, this.rated),
            [day.positive_percent for day in period],
            compare_percent(now=this.positive_percent, before=last.positive_percent if last.rated else None),
        ),
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
