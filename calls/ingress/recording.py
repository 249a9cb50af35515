"""Writing what was received: the inbox row and the call it is about, in one statement; facts under the call's lock."""

from uuid import UUID

from django.db import connection

from calls.facts import Facts, extract, merge, project
from calls.ingress.messages import Message
from calls.models import Call, CallStatus
from calls.outbound.records import link_early
from orgs.models import Organization
from voxanne.clock import now
from voxanne.ids import uuid7
from voxanne.saving import saved_once

_PARTY = ("call_type", "from_number", "to_number", "phone_number", "caller_name")
_STORE = """
SELECT store_webhook_event(
    %(org_id)s::uuid, %(event_id)s::uuid, %(call_pk)s::uuid, %(type)s, %(call)s, %(dedupe_key)s, %(payload)s,
    %(now)s::timestamptz, %(call_sid)s, %(call_type)s, %(status)s, %(from_number)s, %(to_number)s, %(phone_number)s,
    %(caller_name)s)
"""


def store_event(*, org_id: UUID, event_id: UUID, message: Message, payload: str) -> UUID | None:
    """Put a message into the inbox and bring its call's row up to date; returns the call's id, or None for a repeat.

    One statement, which is a tenant transaction of its own where none is open (see migration 0004). The row's status
    only ever moves forward.
    """
    link_early(org_id=org_id, outbound_id=message.outbound_call_id, vapi_call_id=message.call_id)
    columns = project(extract(message))
    moment = now()
    parameters = {
        "event_id": event_id,
        "org_id": org_id,
        "type": message.type,
        "call": message.call_id,
        "dedupe_key": message.dedupe_key,
        "payload": payload,
        "now": moment,
        "call_pk": uuid7(),
        "call_sid": columns.get("call_sid") or f"vapi-{message.call_id}",
        "status": columns["status"].value,
        **{name: str(columns[name]) for name in _PARTY},
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, parameters)
        call_pk: UUID | None = cursor.fetchone()[0]
    return call_pk


def lock_call(*, org: Organization, message: Message) -> Call:
    """The message's call, locked for this transaction; made when no report has come yet."""
    link_early(org_id=org.pk, outbound_id=message.outbound_call_id, vapi_call_id=message.call_id)
    party, columns = party_of(message)
    facts = merge({}, {"party": party})
    fresh = Call(org=org, vapi_call_id=message.call_id, status=CallStatus.IN_PROGRESS, facts=facts, **columns)
    Call.objects.bulk_create([fresh], ignore_conflicts=True)
    return Call.objects.select_for_update().get(vapi_call_id=message.call_id)


def party_of(message: Message) -> tuple[Facts, dict[str, str]]:
    """Who is on the line, as facts and as the columns with which a call's row begins."""
    facts = extract(message)
    columns = project(facts)
    named = {name: str(columns[name]) for name in _PARTY}
    return facts["party"], {**named, "call_sid": columns.get("call_sid") or f"vapi-{message.call_id}"}


def write_facts(call: Call, facts: Facts) -> None:
    """Store a locked call's facts and every column that follows from them."""
    with saved_once(call):
        set_facts(call, facts)


def set_facts(call: Call, facts: Facts) -> None:
    """Set a locked call's facts and every column that follows from them. Nothing is stored yet."""
    columns = project(facts)
    if _rank(columns["status"]) < _rank(CallStatus(call.status)):
        columns["status"] = call.status  # an event that is stored but not processed yet has already moved it on
        columns["outcome"] = columns["outcome"] or call.outcome
    for name, value in columns.items():
        setattr(call, name, value)
    call.facts = facts
    if is_told(facts):
        call.report_due_at = None


def is_told(facts: Facts) -> bool:
    """Whether Vapi has said all that it will say of a call: a full report, or a stub of one that nobody answered."""
    connected = CallStatus.IN_PROGRESS.value in facts.get("statuses", {})
    return bool(facts.get("report") or (facts.get("stub") and not connected))


def _rank(status: CallStatus) -> int:
    return min(list(CallStatus).index(status), list(CallStatus).index(CallStatus.COMPLETED))
