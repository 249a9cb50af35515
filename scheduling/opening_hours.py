"""The weekly hours of a clinic, or of one practitioner. Times are minutes after midnight by the clinic's clock."""

from collections.abc import Mapping, Sequence
from datetime import time

from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.diary import Interval, merged
from scheduling.models import BusinessHours, Practitioner
from scheduling.settings_changes import lock_people, record_change
from scheduling.wall_clock import DAY_MINUTES

Week = Mapping[int, Sequence[Interval]]


def read_week(org: Organization, practitioner: Practitioner | None = None) -> dict[int, list[Interval]]:
    """Weekday → intervals in order; of a practitioner only the own ones, {} when the clinic's hold. One query."""
    rows = BusinessHours.objects.for_org(org.pk).filter(practitioner=practitioner)
    week: dict[int, list[Interval]] = {}
    for row in rows:
        week.setdefault(row.weekday, []).append((_minutes(row.opens_at), _minutes(row.closes_at) or DAY_MINUTES))
    return tidied(week)


def tidied(week: Week) -> dict[int, list[Interval]]:
    """The same hours in order, with those that overlap or touch made one and closed days left out."""
    return {weekday: merged(week[weekday]) for weekday in sorted(week) if week[weekday]}


def save_week(*, org: Organization, week: Week, actor: Actor, practitioner: Practitioner | None = None) -> bool:
    """Replace the hours of the clinic, or of one practitioner, who without any works the clinic's. Whether it changed.

    Appointments stay where they are: `scheduling.displaced` finds those that are outside now.
    """
    with org_tx():
        lock_people(org)
        after = tidied(week)
        if read_week(org, practitioner) == after:
            return False
        BusinessHours.objects.for_org(org.pk).filter(practitioner=practitioner).delete()
        BusinessHours.objects.bulk_create(
            BusinessHours(practitioner=practitioner, weekday=weekday, opens_at=_time(opens), closes_at=_time(closes))
            for weekday, intervals in after.items()
            for opens, closes in intervals
        )
        record_change(org, actor, "hours.changed", practitioner or org, week=_told(after))
    return True


def say_minute(minute: int) -> str:
    """Say "09:30"; the end of the day is "midnight"."""
    return "midnight" if minute == DAY_MINUTES else f"{minute // 60:02d}:{minute % 60:02d}"


def _told(week: Week) -> dict[str, list[str]]:
    return {
        str(weekday): [f"{say_minute(opens)}-{say_minute(closes)}" for opens, closes in intervals]
        for weekday, intervals in week.items()
    }


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)
