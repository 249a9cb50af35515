"""Who can be booked, for what: added, renamed, taken out of the diary and brought back. Somebody always is."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from contacts.models import Service
from contacts.services import clean_name
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.changing import STANDING
from scheduling.errors import LastPractitioner, NobodyDoesService, PractitionerNameTaken
from scheduling.models import Appointment, BusinessHours, Practitioner, PractitionerService
from scheduling.settings_changes import lock_people, record_change
from voxanne.clock import now
from voxanne.errors import NotFound

COMING_SHOWN = 20


@dataclass(frozen=True)
class PersonLine:
    """A practitioner in the list. `services` counts what they do of `of_services`; equal when they do all."""

    person: Practitioner
    coming: int
    has_own_hours: bool
    services: int
    of_services: int


def access_practitioner(org: Organization, practitioner_id: int) -> Practitioner:
    """One of the clinic's, bookable or not.

    Raises:
        NotFound: nobody here has that number.
    """
    found: Practitioner | None = Practitioner.objects.for_org(org.pk).filter(pk=practitioner_id).first()
    if found is None:
        raise NotFound("We could not find that person.")
    return found


def add_practitioner(*, org: Organization, name: str, actor: Actor) -> Practitioner:
    """Somebody new, who works the clinic's hours and does what everybody does.

    Raises:
        PractitionerNameTaken.
    """
    with org_tx():
        _refuse_taken(lock_people(org), name)
        person: Practitioner = Practitioner.objects.create(name=clean_name(name))
        record_change(org, actor, "practitioner.added", person)
    return person


def rename_practitioner(*, org: Organization, practitioner_id: int, name: str, actor: Actor) -> Practitioner:
    """Another name, which callers hear from now on.

    Raises:
        NotFound, PractitionerNameTaken.
    """
    with org_tx():
        people = lock_people(org)
        person = _one_of(people, practitioner_id)
        name = clean_name(name)
        if person.name != name:
            _refuse_taken([other for other in people if other.pk != person.pk], name)
            person.name = name
            person.save(update_fields=["name", "updated_at"])
            record_change(org, actor, "practitioner.renamed", person)
    return person


def deactivate_practitioner(*, org: Organization, practitioner_id: int, actor: Actor) -> Practitioner:
    """Nobody books them any more; their coming appointments stay in the diary until people move them.

    Raises:
        NotFound. LastPractitioner: nobody else could be booked.
    """
    with org_tx():
        people = lock_people(org)
        person = _one_of(people, practitioner_id)
        if person.is_active:
            if not any(other.is_active for other in people if other.pk != person.pk):
                raise LastPractitioner
            person.is_active = False
            person.save(update_fields=["is_active", "updated_at"])
            record_change(org, actor, "practitioner.deactivated", person)
    return person


def reactivate_practitioner(*, org: Organization, practitioner_id: int, actor: Actor) -> Practitioner:
    """They can be booked again, with the hours and services that they had.

    Raises:
        NotFound, PractitionerNameTaken.
    """
    with org_tx():
        people = lock_people(org)
        person = _one_of(people, practitioner_id)
        if not person.is_active:
            _refuse_taken(people, person.name)
            person.is_active = True
            person.save(update_fields=["is_active", "updated_at"])
            record_change(org, actor, "practitioner.reactivated", person)
    return person


def choose_services(
    *, org: Organization, practitioner_id: int, service_ids: Collection[UUID], actor: Actor
) -> Practitioner:
    """Which of the services that are sold they do. A service that everybody does also goes to whoever comes later.

    Raises:
        NotFound. NobodyDoesService: a service would be left without anybody who can be booked.
    """
    with org_tx():
        people = lock_people(org)
        person = _one_of(people, practitioner_id)
        everybody, bookable = {one.pk for one in people}, {one.pk for one in people if one.is_active}
        doers, changed = _doers(org), []
        for service in Service.objects.for_org(org.pk).filter(is_active=True).order_by("name"):
            before = doers.get(service.pk) or everybody
            after = before | {person.pk} if service.pk in service_ids else before - {person.pk}
            if after == before:
                continue
            if not after & bookable and before & bookable:
                raise NobodyDoesService(f"Nobody else does {service.name}. Give it to somebody else first.")
            _store_doers(org, service, after if after != everybody else set())
            changed.append(str(service.pk))
        if changed:
            record_change(org, actor, "practitioner.services_changed", person, services=changed)
    return person


def services_done_by(org: Organization, person: Practitioner, services: Sequence[Service]) -> set[UUID]:
    """Which of these services they do. One query."""
    doers = _doers(org)
    return {service.pk for service in services if service.pk not in doers or person.pk in doers[service.pk]}


def services_left_alone(org: Organization, person: Practitioner) -> list[Service]:
    """The services that nobody could be booked for without them. Three queries."""
    others = Practitioner.objects.for_org(org.pk).filter(is_active=True).exclude(pk=person.pk)
    rest = set(others.values_list("pk", flat=True))
    doers = _doers(org)
    services = Service.objects.for_org(org.pk).filter(is_active=True, pk__in=doers).order_by("name")
    return [service for service in services if person.pk in doers[service.pk] and not doers[service.pk] & rest]


def coming_visits(org: Organization, person: Practitioner) -> tuple[int, list[Appointment]]:
    """How many visits to them are coming, and the first of them. Two queries."""
    rows = Appointment.objects.for_org(org.pk).filter(
        practitioner_id=person.pk, starts_at__gte=now(), status__in=STANDING
    )
    shown = rows.select_related("contact", "service", "practitioner").order_by("starts_at", "id")
    return rows.count(), list(shown[:COMING_SHOWN])


def list_people(org: Organization) -> list[PersonLine]:
    """Everybody, those who can be booked first. Five queries, however many they are."""
    people = Practitioner.objects.for_org(org.pk).order_by("-is_active", "id")
    coming = dict(
        Appointment.objects.for_org(org.pk)
        .filter(starts_at__gte=now(), status__in=STANDING)
        .order_by()
        .values_list("practitioner_id")
        .annotate(visits=Count("id"))
    )
    hours = BusinessHours.objects.for_org(org.pk).filter(practitioner__isnull=False)
    own_hours = set(hours.values_list("practitioner_id", flat=True))
    doers = _doers(org)
    services = list(Service.objects.for_org(org.pk).filter(is_active=True).values_list("pk", flat=True))
    return [
        PersonLine(
            person=person,
            coming=coming.get(person.pk, 0),
            has_own_hours=person.pk in own_hours,
            services=sum(pk not in doers or person.pk in doers[pk] for pk in services),
            of_services=len(services),
        )
        for person in people
    ]


def _doers(org: Organization) -> dict[UUID, set[int]]:
    """Service → who does it; a service that is not in it is done by everybody."""
    found: dict[UUID, set[int]] = defaultdict(set)
    rows = PractitionerService.objects.for_org(org.pk).values_list("service_id", "practitioner_id")
    for service_id, practitioner_id in rows:
        found[service_id].add(practitioner_id)
    return dict(found)


def _store_doers(org: Organization, service: Service, doers: Collection[int]) -> None:
    rows = PractitionerService.objects.for_org(org.pk).filter(service_id=service.pk)
    rows.exclude(practitioner_id__in=doers).delete()
    known = set(rows.values_list("practitioner_id", flat=True))
    PractitionerService.objects.bulk_create(
        PractitionerService(practitioner_id=person_id, service_id=service.pk)
        for person_id in sorted(doers)
        if person_id not in known
    )


def _one_of(people: Sequence[Practitioner], practitioner_id: int) -> Practitioner:
    person = next((one for one in people if one.pk == practitioner_id), None)
    if person is None:
        raise NotFound("We could not find that person.")
    return person


def _refuse_taken(people: Sequence[Practitioner], name: str) -> None:
    wanted = clean_name(name).casefold()
    if any(person.is_active and person.name.casefold() == wanted for person in people):
        raise PractitionerNameTaken
