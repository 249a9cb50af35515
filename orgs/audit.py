"""Writing the audit log, sealing it, and proving that nothing was changed or removed."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import connection, models

from orgs.actors import Actor
from orgs.models import AuditEntry, AuditSeal
from orgs.scope import service_tx
from voxanne.logging import redact

SEAL_BATCH = 20_000
# Entries younger than this may still be in flight in another transaction with a lower id.
SEAL_DELAY_S = 30


def record(actor: Actor, action: str, obj: models.Model | None = None, **details: Any) -> None:
    """Add one entry inside the open transaction: it stands exactly when the act itself does.

    Ids, not names, go into `details`: erasing a person must never fight with an append-only log.
    """
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                org_id=actor.org_id,
                actor_kind=actor.kind.value,
                actor_user_id=actor.user_id,
                action=action,
                object_type=obj._meta.db_table if obj is not None else "",
                object_id=str(obj.pk) if obj is not None else "",
                details=redact(details),
                ip=actor.ip,
            )
        ]
    )


def seal_new_entries() -> int:
    """Chain every entry that is not sealed yet, one seal an organisation; returns how many. Safe to run twice."""
    sealed = 0
    with service_tx("seal the audit log"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit seal'))")
        for org_id in _orgs_with_unsealed():
            sealed += _seal(org_id)
    return sealed


def find_broken_seals() -> list[str]:
    """Recompute the whole chain; each returned line names what does not fit. Empty: nothing was changed or removed."""
    with service_tx("verify the audit log"):
        return check_chain()


def check_chain() -> list[str]:
    """As `find_broken_seals`, in the open transaction, whoever's it is."""
    broken = []
    previous: dict[UUID | None, str] = {}
    for seal in AuditSeal.objects.order_by("id").iterator():
        entries = _entries_between(seal.org_id, seal.first_entry_id, seal.last_entry_id)
        name = f"organisation {seal.org_id or 'platform'}, entries {seal.first_entry_id}–{seal.last_entry_id}"
        if seal.previous_digest != previous.get(seal.org_id, ""):
            broken.append(f"{name}: the chain does not continue from the seal before")
        if len(entries) != seal.entries:
            broken.append(f"{name}: {seal.entries} entries were sealed, {len(entries)} are there")
        elif _digest(seal.previous_digest, entries) != seal.digest:
            broken.append(f"{name}: an entry was changed")
        previous[seal.org_id] = seal.digest
    return broken


def _orgs_with_unsealed() -> list[UUID | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT e.org_id FROM audit_log e
            WHERE e.created_at < now() - make_interval(secs => %s) AND e.id > COALESCE(
                (SELECT max(s.last_entry_id) FROM audit_seals s WHERE s.org_id IS NOT DISTINCT FROM e.org_id), 0)
            """,
            [SEAL_DELAY_S],
        )
        return [row[0] for row in cursor.fetchall()]


def _seal(org_id: UUID | None) -> int:
    last = AuditSeal.objects.filter(org_id=org_id).order_by("-last_entry_id").first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - make_interval(secs => %s)", [SEAL_DELAY_S])
        (until,) = cursor.fetchone()
    fresh = list(
        AuditEntry.objects.filter(
            org_id=org_id, id__gt=last.last_entry_id if last else 0, created_at__lt=until
        ).order_by("id")[:SEAL_BATCH]
    )
    if not fresh:
        return 0
    previous = last.digest if last else ""
    AuditSeal.objects.create(
        org_id=org_id,
        first_entry_id=fresh[0].pk,
        last_entry_id=fresh[-1].pk,
        entries=len(fresh),
        previous_digest=previous,
        digest=_digest(previous, fresh),
    )
    return len(fresh)


def _entries_between(org_id: UUID | None, first: int, last: int) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(org_id=org_id, id__gte=first, id__lte=last).order_by("id"))


def _digest(previous: str, entries: list[AuditEntry]) -> str:
    digest = hashlib.sha256(previous.encode())
    for entry in entries:
        facts = [
            entry.pk, str(entry.org_id), entry.actor_kind, str(entry.actor_user_id), entry.action,
            entry.object_type, entry.object_id, entry.details, entry.ip, entry.created_at.isoformat(),
        ]  # fmt: skip
        digest.update(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode())
    return digest.hexdigest()
