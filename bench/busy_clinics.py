"""Two hundred clinics with 100,000 contacts and 200,000 appointments, and what their callers ask the seven tools."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

import psycopg

from bench.clinic import TOOLS, Clinic, make_clinic, working_day
from bench.load import post
from bench.stack import DATABASE, Stack

CLINICS = 200
CONTACTS_EACH = 500
VISITS_EACH = 1000
BUSY = 4  # practitioners with appointments; one more has none, so that there is something to book
HALF_HOURS = 16
# By SQL, as the superuser: a hundred times faster than through the models. A busy practitioner sees somebody every
# other half hour from ten days ago on, weekends too.
_FILL = f"""
INSERT INTO practitioners (org_id, name, is_active, created_at, updated_at)
SELECT o.id, 'Practitioner ' || n, true, now(), now() FROM organizations o, generate_series(1, {BUSY}) n
WHERE o.id = ANY(%(orgs)s);

INSERT INTO contacts (id, org_id, name, first_name, last_name, phone, email, lead_status, lead_score, service_interests,
                      source, notes, memory_enabled, number_use, custom_fields, created_at, updated_at)
SELECT gen_random_uuid(), o.id, 'Pat ' || o.at || ' Number' || n, 'Pat ' || o.at, 'Number' || n,
       '+4477' || lpad(o.at::text, 3, '0') || lpad(n::text, 5, '0'), 'p' || n || '@c' || o.at || '.example', 'new', 40,
       '[]', 'inbound_call', '', true, 'unknown', '{{}}', now(), now()
FROM unnest(%(orgs)s) WITH ORDINALITY AS o(id, at), generate_series(1, {CONTACTS_EACH}) n;

INSERT INTO appointments (id, org_id, contact_id, practitioner_id, service_id, patient_name, starts_at, ends_at,
                          blocked, time_zone, status, source, reference, idempotency_key, notes, confirmation_sent,
                          calendar_event_id, calendar_sync_state, created_at, updated_at)
SELECT gen_random_uuid(), c.org_id, c.id, p.id, s.id, c.name, v.starts, v.starts + interval '30 min',
       tstzrange(v.starts, v.starts + interval '30 min'), 'Europe/London',
       CASE WHEN v.starts < now() THEN 'completed' ELSE 'confirmed' END, 'ai_call',
       'B' || lpad(to_hex(v.n), 5, '0'), '', '', false, '', 'none', now(), now()
FROM (SELECT n, 1 + n %% {CONTACTS_EACH} AS patient, n %% {BUSY} AS chair,
             (current_date - 10 + (n / {BUSY} / 8) + interval '9 hours' + (n / {BUSY} %% 8) * interval '1 hour')
                 AT TIME ZONE 'Europe/London' AS starts
      FROM generate_series(0, {VISITS_EACH - 1}) n) v
JOIN (SELECT id, org_id, name, split_part(last_name, 'Number', 2)::int AS n FROM contacts
      WHERE org_id = ANY(%(orgs)s) AND last_name LIKE 'Number%%') c ON c.n = v.patient
JOIN (SELECT id, org_id, row_number() OVER (PARTITION BY org_id ORDER BY id) - 2 AS chair FROM practitioners) p
     ON p.org_id = c.org_id AND p.chair = v.chair
JOIN services s ON s.org_id = c.org_id AND s.name = 'Consultation';
"""  # noqa: S608 - only the numbers above are put in
_VISITS = """
SELECT c.phone, a.patient_name, a.reference FROM appointments a JOIN contacts c ON c.id = a.contact_id
WHERE a.org_id = %s AND a.status = 'confirmed' AND a.starts_at > now() + interval '2 days'
  AND (SELECT count(*) FROM appointments b WHERE b.contact_id = a.contact_id AND b.starts_at > now()) = 1
ORDER BY a.starts_at
"""


def free_half_hours() -> Iterator[datetime]:
    """Half hours of coming working days, on which the practitioner without appointments is free."""
    seen: set[datetime] = set()
    for ahead in count(4):
        day = working_day(ahead)
        for step in range(HALF_HOURS):
            start = day.replace(hour=9) + timedelta(minutes=30 * step)
            if start not in seen:
                seen.add(start)
                yield start


@dataclass
class BusyClinic:
    """One of them: who may call, and which appointments nobody has moved or cancelled yet."""

    clinic: Clinic
    phones: list[str]
    visits: list[tuple[str, str, str]]
    free: Iterator[datetime] = field(default_factory=free_half_hours)


def open_busy_clinics(stack: Stack, *, clinics: int) -> list[BusyClinic]:
    """Make them, through the product what a clinic is, by SQL what fills it."""
    opened = [make_clinic(f"Busy clinic {at}") for at in range(clinics)]
    _let_transfer(opened)
    with psycopg.connect(stack.superuser_url, dbname=DATABASE, autocommit=True) as connection:
        ids = [clinic.org_id for clinic in opened]
        for statement in _FILL.split(";\n\n"):
            connection.execute(statement, {"orgs": ids})
        connection.execute("ANALYZE")
        return [_read(connection, clinic) for clinic in opened]


def _let_transfer(clinics: list[Clinic]) -> None:
    from orgs.models import IntegrationSettings
    from orgs.scope import org_scope, org_tx

    for at, clinic in enumerate(clinics):
        with org_scope(clinic.org_id), org_tx():
            IntegrationSettings.objects.update(transfer_phone_number=f"+4420810{at:05d}")


def _read(connection: "psycopg.Connection[tuple[object, ...]]", clinic: Clinic) -> BusyClinic:
    phones = connection.execute("SELECT phone FROM contacts WHERE org_id = %s", [clinic.org_id]).fetchall()
    visits = connection.execute(_VISITS, [clinic.org_id]).fetchall()
    return BusyClinic(
        clinic=clinic,
        phones=[str(phone) for (phone,) in phones],
        visits=[(str(phone), str(name), str(reference)) for phone, name, reference in visits],
    )


class Callers:
    """What callers of all clinics ask, each in a call of their own."""

    def __init__(self, clinics: list[BusyClinic]) -> None:
        self._clinics = clinics
        self._chance = random.Random(11)  # noqa: S311 - the same callers in each run
        self._ask: dict[str, Callable[[BusyClinic], tuple[str, dict[str, object]]]] = {
            "checkAvailability": self._availability,
            "bookClinicAppointment": self._booking,
            "rescheduleAppointment": self._move,
            "cancelAppointment": self._cancel,
            "lookupCaller": self._look_up,
            "transferCall": self._transfer,
            "getKnowledgeBase": self._knowledge,
        }
        self.tools = tuple(self._ask)

    def questions(self, tool: str, how_many: int) -> list[bytes]:
        """So many for one tool."""
        return [self._question(tool) for _ in range(how_many)]

    def bare(self, path: str, how_many: int) -> list[bytes]:
        """As many for the bare look-up."""
        return [self._bare(path) for _ in range(how_many)]

    def _question(self, tool: str) -> bytes:
        busy = self._chance.choice(self._clinics)
        while tool in {"rescheduleAppointment", "cancelAppointment"} and not busy.visits:
            busy = self._chance.choice(self._clinics)
        phone, arguments = self._ask[tool](busy)
        item = {"id": f"call_{uuid4().hex}", "type": "function", "function": {"name": tool, "arguments": arguments}}
        return _post(f"{TOOLS}/{tool}", busy.clinic, phone, {"type": "tool-calls", "toolCallList": [item]})

    def _bare(self, path: str) -> bytes:
        busy = self._chance.choice(self._clinics)
        return _post(path, busy.clinic, self._chance.choice(busy.phones), {"type": "tool-calls"})

    def _availability(self, busy: BusyClinic) -> tuple[str, dict[str, object]]:
        day = working_day(self._chance.randrange(3, 20)).date().isoformat()
        return self._someone(busy), {"date": day, "service": "Consultation"}

    def _booking(self, busy: BusyClinic) -> tuple[str, dict[str, object]]:
        start = next(busy.free).isoformat()
        return self._someone(busy), {"start": start, "service": "Consultation", "name": "Ana Reyes"}

    def _move(self, busy: BusyClinic) -> tuple[str, dict[str, object]]:
        phone, name, reference = busy.visits.pop()
        return phone, {"name": name, "reference": reference, "newStart": next(busy.free).isoformat()}

    def _cancel(self, busy: BusyClinic) -> tuple[str, dict[str, object]]:
        phone, name, reference = busy.visits.pop()
        return phone, {"name": name, "reference": reference, "confirmed": True}

    def _look_up(self, busy: BusyClinic) -> tuple[str, dict[str, object]]:
        phone = self._someone(busy)
        return phone, {"searchKey": phone, "searchType": "phone"}

    def _transfer(self, busy: BusyClinic) -> tuple[str, dict[str, object]]:
        return self._someone(busy), {"summary": "Wants to speak to somebody.", "department": "general"}

    def _knowledge(self, busy: BusyClinic) -> tuple[str, dict[str, object]]:
        return self._someone(busy), {"query": "Where can I park?"}

    def _someone(self, busy: BusyClinic) -> str:
        return self._chance.choice(busy.phones)


def _post(path: str, clinic: Clinic, phone: str, message: dict[str, object]) -> bytes:
    customer = {"number": phone}
    call = {
        "id": str(uuid4()), "orgId": str(clinic.org_id), "type": "inboundPhoneCall", "status": "in-progress",
        "assistantId": clinic.assistant_id, "customer": customer,
        "monitor": {"controlUrl": "http://127.0.0.1:9/refused"},
    }  # fmt: skip
    body = {"message": {"timestamp": 1785000000000, "call": call, "customer": customer, **message}}
    return post(path, json.dumps(body).encode(), X_Vapi_Secret=clinic.secret, X_Forwarded_Proto="https")
