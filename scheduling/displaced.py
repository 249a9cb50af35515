"""Coming appointments that lie outside opening hours as they are now. Nothing is cancelled for it: people decide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import BigIntegerField, F, Func

from orgs.models import Organization
from scheduling.changing import STANDING
from scheduling.diary import Chair, Diary, WorkingDay
from scheduling.diary_reader import read_closures, read_hours
from scheduling.models import Appointment
from scheduling.types import VisitRules
from voxanne.clock import now

SHOWN = 20
_Visit = tuple[UUID, int, int, int]


@dataclass(frozen=True)
class Displaced:
    """How many there are, and the first of them with patient, service and practitioner."""

    count: int
    shown: list[Appointment]

    @property
    def unseen(self) -> int:
        return self.count - len(self.shown)


def find_displaced(org: Organization) -> Displaced:
    """Coming visits during which their practitioner is not at work. Four queries at most, inside org_tx."""
    visits = list(
        Appointment.objects.for_org(org.pk)
        .filter(starts_at__gte=now(), status__in=STANDING)
        .order_by("starts_at", "id")
        .values_list("pk", "practitioner_id", _instant("starts_at"), _instant("ends_at"))
    )
    if not visits:
        return Displaced(count=0, shown=[])
    last_day = datetime.fromtimestamp(visits[-1][2], org.zone).date()
    ids = [
        appointment_id
        for (appointment_id, *_), is_inside in zip(visits, _are_inside(org, visits, last_day), strict=True)
        if not is_inside
    ]
    rows = Appointment.objects.for_org(org.pk).select_related("contact", "service", "practitioner")
    shown = list(rows.filter(pk__in=ids[:SHOWN]).order_by("starts_at", "id")) if ids else []
    return Displaced(count=len(ids), shown=shown)


def _are_inside(org: Organization, visits: Sequence[_Visit], last_day: date) -> Iterator[bool]:
    today = now().astimezone(org.zone).date()
    hours, closures = read_hours(org), read_closures(org, today, last_day)
    diary = Diary(zone=org.zone, now=now(), rules=VisitRules(), chairs=())

    def chair_of(person_id: int) -> Chair:
        return Chair(
            practitioner_id=person_id,
            name="",
            hours=hours.get(person_id) or hours.get(None, {}),
            closures=[*closures.get(None, []), *closures.get(person_id, [])],
        )

    days: dict[tuple[int, date], WorkingDay] = {}
    for _, person_id, since, until in visits:
        day = datetime.fromtimestamp(since, org.zone).date()
        if (person_id, day) not in days:
            days[person_id, day] = diary.working_day(chair_of(person_id), day)
        yield days[person_id, day].holds(since, until)


def _instant(field: str) -> Func:
    """Seconds since 1970: thousands of them are read faster than as moments."""
    return Func(F(field), template="extract(epoch from %(expressions)s)::bigint", output_field=BigIntegerField())
