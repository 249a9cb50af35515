"""Old calls, redacted in the order in which they came: it can be stopped at any moment and taken up again."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from calls.models import Call
from calls.redaction.clinic import rules_of
from calls.redaction.stored import redact_call
from orgs.models import Organization
from orgs.scope import org_scope, org_tx, service_tx

BATCH = 200
BEGINNING = UUID(int=0)


@dataclass(frozen=True)
class Done:
    """One batch: how many calls were looked at and changed, and the last of them, after which to go on."""

    calls: int
    changed: int
    last: UUID


def redact_backlog(*, after: UUID = BEGINNING, org_id: UUID | None = None) -> Iterator[Done]:
    """Redact what is stored of every ended call, one call a transaction; a word after each batch.

    Calls' ids follow the order of their coming (UUID version 7), so the last id says how far this came.
    """
    while batch := _next_batch(after, org_id):
        changed = sum(_redact_one(owner, call_id) for owner, call_id in batch)
        after = batch[-1][1]
        yield Done(calls=len(batch), changed=changed, last=after)


def _next_batch(after: UUID, org_id: UUID | None) -> list[tuple[UUID, UUID]]:
    with service_tx("redact stored calls"):
        calls = Call.across_orgs.filter(pk__gt=after)
        calls = calls.filter(org_id=org_id) if org_id else calls
        return list(calls.order_by("pk").values_list("org_id", "pk")[:BATCH])


def _redact_one(org_id: UUID, call_id: UUID) -> bool:
    with org_scope(org_id), org_tx():
        call = Call.objects.select_for_update().filter(pk=call_id).first()
        if call is None or call.is_live:
            return False
        org = Organization.objects.get()
        return redact_call(call, rules_of(org).for_call(call))
