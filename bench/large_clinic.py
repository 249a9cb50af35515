"""A clinic with so many calls, contacts and messages, and nine others beside it: what lists and charts must bear."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench.stack import DATABASE, Stack

DAYS = 180
LINES_EACH = 5
# A multiple of every number below by which rows differ.
ALIKE = 3000
# One of each ten names, so that a search finds many; one caller alone is called Quillfeather.
_NAME = """(ARRAY['Ana','Ben','Chidi','Dana','Elif','Farah','Gwen','Hugo','Ines','Jonas'])[1 + n % 10] || ' ' ||
(ARRAY['Reyes','Okoye','Eze','Whitlock','Kaya','Aziz','Pritchard','Lindqvist','Moreau','Berg'])[1 + n / 10 % 10]"""
_RARE = "CASE WHEN n = 7 THEN 'Zelda Quillfeather' ELSE {} END"
_MOMENT = f"now() - make_interval(secs => (({{count}} - n) + 0.5) * {DAYS * 86400} / {{count}})"
_OUTCOME = """(ARRAY['booked','completed','completed','hung_up','transferred','completed','voicemail','completed',
'no_answer','completed'])[1 + n % 10]"""
_MOOD = "(ARRAY['positive','neutral','positive','negative',''])[1 + n % 5]"
# Messages, contacts and calls of one clinic find each other by number.
_CONTACT = "md5({org} || 'contact' || (1 + n % {contacts}))::uuid"
_SCORE = "abs(hashtext(n::text)) % 101"
_CALL = "md5({org} || 'call' || {n})::uuid"


@dataclass(frozen=True)
class Size:
    """How much there is."""

    calls: int
    contacts: int
    messages: int


LARGE = Size(calls=100_000, contacts=50_000, messages=100_000)
SMALL = Size(calls=1_000, contacts=500, messages=1_000)


@dataclass(frozen=True)
class LargeClinic:
    """One of them, and whoever looks at its pages."""

    org_id: UUID
    owner_id: UUID
    size: Size

    def call(self, number: int) -> UUID:
        """The id of a call, 1 being the oldest."""
        return self._id("call", number)

    def contact(self, number: int) -> UUID:
        return self._id("contact", number)

    @property
    def middle(self) -> int:
        """The number of a call in the middle, and of a contact, which is like that of every other size.

        What differs from row to row repeats within `ALIKE`, so both have a text, a value, a direction and so on alike.
        """
        middle = self.size.calls // 4
        return middle - (middle - SMALL.calls // 4) % ALIKE

    def _id(self, kind: str, number: int) -> UUID:
        from hashlib import md5

        return UUID(md5(f"{self.org_id}{kind}{number}".encode(), usedforsecurity=False).hexdigest())


def open_large_clinic(stack: Stack, size: Size) -> LargeClinic:
    """Make it: through the product what a clinic is and one row of each kind, by SQL as many more."""
    org, owner_id = _found()
    kinds = _first_rows(org)
    values = {"org": f"'{org.pk}'", "contacts": str(size.contacts)}
    with psycopg.connect(stack.superuser_url, dbname=DATABASE, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # keys and triggers have nothing to find out
        for label, count, changes in _what(size):
            moment = _MOMENT.format(count=count)
            said = {column: sql.format(**values, moment=moment, n="n") for column, sql in changes.items()}
            _multiply(connection, kinds[label], count, said)
        connection.execute("VACUUM ANALYZE")
    return LargeClinic(org_id=org.pk, owner_id=owner_id, size=size)


def fill_others(stack: Stack, *, clinics: int, calls: int) -> None:
    """Other clinics, whose calls stand in the same table."""
    for _ in range(clinics):
        org, _owner = _found()
        call = _first_rows(org)["call"]
        changes = dict(_calls())
        del changes["contact_id"]
        said = {
            column: sql.format(org=f"'{org.pk}'", moment=_MOMENT.format(count=calls), n="n")
            for column, sql in changes.items()
        }
        with psycopg.connect(stack.superuser_url, dbname=DATABASE, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            _multiply(connection, call, calls, said)


def _found() -> tuple[Any, UUID]:
    from orgs.models import User
    from orgs.services import NewOrganization, create_organization

    owner = User.objects.create_user(email=f"{uuid4().hex}@bench.example", password=uuid4().hex, full_name="Bea Bench")
    return create_organization(new=NewOrganization(name="Large Clinic"), owner=owner), owner.pk


def _first_rows(org: Any) -> dict[str, Any]:
    """One row of each kind, as the product makes it; the others are like it."""
    from psycopg.types.range import TimestamptzRange

    from calls.tests.factories import add_line, make_call
    from contacts.models import Contact, LeadScore
    from orgs.scope import org_scope, org_tx
    from scheduling.models import Appointment, AppointmentSource, Practitioner
    from telephony.models import Message
    from voxanne.clock import now

    with org_scope(org), org_tx():
        contact = Contact.objects.create(name="Ana Reyes", phone="+447700900000", source="call")
        call = make_call(org, contact=contact, outcome_summary="Asked what a consultation costs, and when.")
        line = add_line(call, "Hello, I would like to know what a consultation costs and when you have time.")
        text = "Your appointment is on Tuesday at 10:00. Call us if you cannot come."
        message = Message.objects.create(
            method="sms",
            recipient=contact.phone,
            contact=contact,
            status="delivered",
            content=text,
            idempotency_key="0",
        )
        score = LeadScore.objects.create(contact=contact, score=40, reasons=[{"points": 40, "why": "Called"}])
        start = now() + timedelta(days=2000)
        visit = Appointment.objects.create(
            contact=contact,
            practitioner=Practitioner.objects.earliest("id"),
            patient_name=contact.name,
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
            blocked=TimestamptzRange(start, start + timedelta(minutes=30)),
            time_zone="Europe/London",
            source=AppointmentSource.AI_CALL,
            reference="BENCH",
        )
    return {"contact": contact, "call": call, "line": line, "message": message, "score": score, "visit": visit}


def _what(size: Size) -> list[tuple[str, int, Mapping[str, str]]]:
    """Of each kind how many, and what differs from row to row; `n` counts from 1."""
    return [
        ("contact", size.contacts, _contacts()),
        ("call", size.calls, _calls()),
        ("line", size.calls * LINES_EACH, _lines()),
        ("message", size.messages, _messages()),
        (
            "score",
            size.contacts,
            {"contact_id": _CONTACT, "score": _SCORE, "computed_at": "{moment}"},
        ),
        ("visit", size.contacts // 10, _visits()),
    ]


def _contacts() -> dict[str, str]:
    return {
        "id": "md5({org} || 'contact' || n)::uuid", "name": _RARE.format(_NAME), "first_name": "''", "last_name": "''",
        "phone": "'+4477' || lpad(n::text, 8, '0')", "email": "'p' || n || '@c.example'", "lead_score": _SCORE,
        "lead_status": "(ARRAY['new','contacted','booked','lost'])[1 + n % 4]", "created_at": "{moment}",
        "last_contacted_at": "{moment}",
    }  # fmt: skip


def _calls() -> dict[str, str]:
    return {
        "id": _CALL, "vapi_call_id": "'v' || n", "call_sid": "'s' || n", "caller_name": _RARE.format(_NAME),
        "contact_id": _CONTACT, "phone_number": "'+4477' || lpad(n::text, 8, '0')", "created_at": "{moment}",
        "started_at": "{moment}", "ended_at": "{moment}", "outcome": _OUTCOME, "booking_confirmed": "n % 10 = 0",
        "status": "CASE WHEN n % 500 = 0 THEN 'failed' ELSE 'completed' END", "sentiment_label": _MOOD,
        "call_type": "CASE WHEN n % 8 = 0 THEN 'outbound' ELSE 'inbound' END", "duration_seconds": "30 + n % 400",
        "financial_value": "CASE WHEN n % 4 = 0 THEN 40000 END",
        "recording_status": "CASE WHEN n % 3 = 0 THEN '' ELSE 'completed' END",
    }  # fmt: skip


def _lines() -> dict[str, str]:
    return {
        "call_id": _CALL.replace("{n}", f"(1 + (n - 1) / {LINES_EACH})"), "ordinal": f"n % {LINES_EACH}",
        "role": "CASE WHEN n % 2 = 0 THEN 'caller' ELSE 'assistant' END",
    }  # fmt: skip


def _messages() -> dict[str, str]:
    return {
        "contact_id": _CONTACT, "call_id": "CASE WHEN n % 5 = 0 THEN " + _CALL + " END", "idempotency_key": "'k' || n",
        "recipient": "'+4477' || lpad((1 + n % {contacts})::text, 8, '0')", "created_at": "{moment}",
        "sent_at": "{moment}", "status": "CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'delivered' END",
        "method": "(ARRAY['sms','sms','email','whatsapp'])[1 + n % 4]",
        "direction": "CASE WHEN n % 6 = 0 THEN 'inbound' ELSE 'outbound' END",
    }  # fmt: skip


def _visits() -> dict[str, str]:
    # Half of them to come, so that both clinics have a full page of them.
    start = "(date_trunc('hour', now()) + make_interval(hours => n - {contacts} / 20))"
    return {
        "contact_id": _CONTACT, "reference": "upper(lpad(to_hex(n), 7, '0'))", "starts_at": start,
        "ends_at": f"{start} + interval '30 min'", "blocked": f"tstzrange({start}, {start} + interval '30 min')",
        "status": f"CASE WHEN {start} < now() THEN 'completed' ELSE 'confirmed' END", "created_at": "{moment}",
        "call_id": "CASE WHEN n % 2 = 0 THEN " + _CALL + " END",
    }  # fmt: skip


def _multiply(connection: "psycopg.Connection[Any]", row: Any, count: int, changes: Mapping[str, str]) -> None:
    """Insert so many rows like that one, apart from what changes: SQL by column, in which `n` is the row's number."""
    meta = row._meta
    columns = [field.column for field in meta.concrete_fields if not field.generated]
    given = {"id": "gen_random_uuid()", **changes}
    values = ", ".join(given.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    statement = (
        f'INSERT INTO "{meta.db_table}" ({names}) SELECT {values} '  # noqa: S608 - all of it is written here
        f'FROM "{meta.db_table}" t, generate_series(1, {count}) n WHERE t.id = %s'
    )
    connection.execute(statement.replace("%", "%%").replace("= %%s", "= %s"), [row.pk])
