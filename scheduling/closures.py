"""Days, or parts of days, on which the clinic or one practitioner is away."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from django.db.models import Q

from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.errors import ClosureRefused
from scheduling.models import Closure, Practitioner
from scheduling.settings_changes import lock_people, record_change
from voxanne.clock import now

MOST_DAYS = 366
MOST_AHEAD_DAYS = 5 * 366
PAST_SHOWN = 20


@dataclass(frozen=True)
class Away:
    """What is to be closed: both days inclusive; with times only that part of each. `ends_at` 00:00 is midnight."""

    first_day: date
    last_day: date
    starts_at: time | None = None
    ends_at: time | None = None
    practitioner: Practitioner | None = None
    reason: str = ""


def add_closure(*, org: Organization, away: Away, actor: Actor) -> Closure:
    """Close days, once: the same again is the one that is there. Appointments on them stay until people move them.

    Raises:
        ClosureRefused: over already, upside down, or longer than a year.
    """
    _check(away, now().astimezone(org.zone).date())
    with org_tx():
        lock_people(org)
        facts = {name: getattr(away, name) for name in ("first_day", "last_day", "starts_at", "ends_at")}
        same = Closure.objects.for_org(org.pk).filter(practitioner=away.practitioner)
        for name, value in facts.items():
            same = same.filter(**({f"{name}__isnull": True} if value is None else {name: value}))
        if (known := same.first()) is not None:
            return known
        closure: Closure = Closure.objects.create(**facts, practitioner=away.practitioner, reason=away.reason[:120])
        told = {name: str(value) for name, value in facts.items() if value is not None}
        record_change(org, actor, "closure.added", closure, practitioner_id=closure.practitioner_id, **told)
    return closure


def remove_closure(*, org: Organization, closure_id: UUID, actor: Actor) -> Closure | None:
    """Open those days again; None when they were opened already."""
    with org_tx():
        lock_people(org)
        closure: Closure | None = Closure.objects.for_org(org.pk).filter(pk=closure_id).first()
        if closure is not None:
            days = {"first_day": str(closure.first_day), "last_day": str(closure.last_day)}
            record = Closure(pk=closure.pk, org_id=org.pk)
            closure.delete()
            record_change(org, actor, "closure.removed", record, practitioner_id=closure.practitioner_id, **days)
    return closure


def coming_closures(org: Organization) -> list[Closure]:
    """What is closed from today on, the next first. One query."""
    today = now().astimezone(org.zone).date()
    rows = Closure.objects.for_org(org.pk).filter(last_day__gte=today).select_related("practitioner")
    return list(rows.order_by("first_day", "starts_at", "id"))


def past_closures(org: Organization) -> list[Closure]:
    """What was closed, the last first. One query."""
    today = now().astimezone(org.zone).date()
    rows = Closure.objects.for_org(org.pk).filter(last_day__lt=today).select_related("practitioner")
    return list(rows.order_by("-last_day", "-id")[:PAST_SHOWN])


def closed_days(org: Organization, *, limit: int) -> list[Closure]:
    """The next whole days on which the clinic as such is closed. One query."""
    today = now().astimezone(org.zone).date()
    whole = Q(practitioner__isnull=True, starts_at__isnull=True, last_day__gte=today)
    return list(Closure.objects.for_org(org.pk).filter(whole).order_by("first_day", "id")[:limit])


def _check(away: Away, today: date) -> None:
    if away.last_day < away.first_day:
        raise ClosureRefused(fields={"last_day": ["It ends before it begins. Swap the days."]})
    if away.last_day < today:
        raise ClosureRefused(fields={"first_day": ["That is over already. Close today or days to come."]})
    if away.first_day > today + timedelta(days=MOST_AHEAD_DAYS):
        raise ClosureRefused(fields={"first_day": ["That is more than five years ahead. Check the year."]})
    if (away.last_day - away.first_day).days >= MOST_DAYS:
        raise ClosureRefused(fields={"last_day": ["That is more than a year. Check the year, or close in two parts."]})
    _check_part(away.starts_at, away.ends_at)


def _check_part(starts_at: time | None, ends_at: time | None) -> None:
    if starts_at is None and ends_at is None:
        return
    if starts_at is None:
        raise ClosureRefused(fields={"starts_at": ["Say from when, or leave both times out for whole days."]})
    if ends_at is None:
        raise ClosureRefused(fields={"ends_at": ["Say until when, or leave both times out for whole days."]})
    if ends_at <= starts_at and ends_at != time.min:
        raise ClosureRefused(fields={"ends_at": ["It ends before it begins. Swap the times; 00:00 is midnight."]})
