"""Two hundred clinics with twenty thousand contacts, their calls and appointments: a database of a realistic size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

CLINICS = 200
CONTACTS_EACH = 100
CALLS_EACH = 200
VISITS_EACH = 40
_FIRST = ("Ana", "Ben", "Chidi", "Dana", "Elif", "Farah", "Gwen", "Hugo", "Ines", "Jonas")
_LAST = ("Reyes", "Okoye", "Eze", "Whitlock", "Kaya", "Aziz", "Pritchard", "Lindqvist", "Moreau", "Berg")


@dataclass(frozen=True)
class KnownClinic:
    """One of them, as far as Vapi knows it."""

    org_id: UUID
    number: str
    secret: str
    callers: Sequence[str]


def open_many_clinics(*, clinics: int = CLINICS, contacts: int = CONTACTS_EACH) -> list[KnownClinic]:
    """Make them, each with a number that its receptionist answers. Django is set up, as the web login."""
    from orgs.models import User

    owner = User.objects.create_user(email="many@bench.example", password=uuid4().hex)
    return [_open(owner, at, contacts) for at in range(clinics)]


def _open(owner: object, at: int, contacts: int) -> KnownClinic:
    from agents.models import Agent
    from credentials.service import credential_service
    from orgs.actors import Actor
    from orgs.scope import org_scope, org_tx
    from orgs.services import NewOrganization, create_organization
    from telephony.services import map_number

    org = create_organization(new=NewOrganization(name=f"Clinic {at}"), owner=owner)  # type: ignore[arg-type]
    number = f"+44208{at:07d}"
    with org_scope(org), org_tx():
        agent = Agent.objects.get(call_direction="inbound")
        Agent.objects.filter(pk=agent.pk).update(vapi_assistant_id=str(uuid4()))
        callers = _fill(at, contacts)
    map_number(org=org, phone_number=number, actor=Actor.system(org.pk), agent_id=agent.pk)
    secret = credential_service.ensure_vapi_webhook_secret(org).webhook_secret.reveal()
    return KnownClinic(org_id=org.pk, number=number, secret=secret, callers=callers)


def _fill(at: int, contacts: int) -> list[str]:
    """Contacts, two calls for each, and appointments for some. Inside org_tx."""
    from calls.models import Call, CallStatus
    from contacts.models import Contact
    from voxanne.clock import now

    people = Contact.objects.bulk_create(
        [
            Contact(name=f"{first} {last}", first_name=first, last_name=last, phone=f"+4477{at:03d}{place:05d}")
            for place in range(contacts)
            for first, last in [(_FIRST[place % 10], _LAST[(at + place // 10) % 10])]
        ]
    )
    Call.objects.bulk_create(
        [
            Call(
                contact=person, vapi_call_id=str(uuid4()), call_sid=str(uuid4()), status=CallStatus.COMPLETED,
                phone_number=person.phone, caller_name="Unknown Caller", started_at=now() - timedelta(days=place + 1),
                outcome_summary="Asked what a consultation costs and when there is a free appointment in the morning.",
            )
            for place, person in enumerate(people)
            for round_ in range(CALLS_EACH // CONTACTS_EACH)
        ]
    )  # fmt: skip
    _book(people[:VISITS_EACH])
    return [person.phone for person in people]


def _book(people: Sequence[object]) -> None:
    from psycopg.types.range import TimestamptzRange

    from contacts.models import Contact
    from scheduling.models import Appointment, AppointmentSource, Practitioner
    from voxanne.clock import now

    practitioner = Practitioner.objects.get()
    first = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    rows = []
    for place, person in enumerate(people):
        assert isinstance(person, Contact)
        starts = first + timedelta(hours=place)
        rows.append(
            Appointment(
                contact=person, practitioner=practitioner, patient_name=person.name, starts_at=starts,
                ends_at=starts + timedelta(minutes=30), time_zone="Europe/London", source=AppointmentSource.AI_CALL,
                blocked=TimestamptzRange(starts, starts + timedelta(minutes=30)), reference=f"V{place:05d}",
            )
        )  # fmt: skip
    Appointment.objects.bulk_create(rows)
