"""Making one contact of two. Everything that points at the one is moved to the other, in one transaction.

Rows of other rooms are moved by their foreign key to contacts, which Django knows without anybody importing them. A
room whose rows cannot simply be moved, because a constraint names the contact, registers how.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from contacts.errors import CannotMerge
from contacts.models import Contact, ContactAlias, LeadStatus, NumberUse
from contacts.people import lock_contact
from contacts.scores import rescore_soon
from contacts.thread import count_thread
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from voxanne.clock import now
from voxanne.live import publish_on_commit

Mover = Callable[[Contact, Contact], None]
_movers: dict[str, Mover] = {}
# Of two stages the one that says more.
_STAGES = (LeadStatus.NEW, LeadStatus.LOST, LeadStatus.CONTACTED, LeadStatus.BOOKED)
# Of two facts the kept one's holds, and the other's where it has none.
_FILLED = ("name", "email", "date_of_birth", "phone", "source")
LONGEST_PREFERENCES = 300


@dataclass(frozen=True)
class Preview:
    """What a merge would come to.

    Attributes:
        facts: field and value, of those that would be different on the kept contact.
        moves: how much would move, by kind: {"call": 3}.
    """

    kept: Contact
    merged: Contact
    facts: Mapping[str, Any]
    moves: Mapping[str, int]


def register_mover(label: str, mover: Mover) -> None:
    """Have `mover(kept, merged)` move the rows of the model `app.Model`, instead of its foreign key alone.

    Inside the merge's transaction, with both contacts locked; it may refuse with `CannotMerge`.
    """
    _movers[label] = mover


def preview_merge(*, kept: Contact, merged: Contact) -> Preview:
    """What would change. One query a kind of thing in the thread. Inside org_tx."""
    facts = {name: value for name, value in _joined(kept, merged).items() if getattr(kept, name) != value}
    return Preview(kept=kept, merged=merged, facts=facts, moves=count_thread(merged.pk))


def merge_contacts(*, org: Organization, kept_id: UUID, merged_id: UUID, actor: Actor) -> Contact:
    """Make the one part of the other; the old id leads to the kept one from then on. Again, it changes nothing.

    Raises:
        NotFound: one of them is no contact here. CannotMerge: they are the same, or something stands between them.
    """
    with org_tx():
        kept, merged = _lock_both(kept_id, merged_id)
        if kept.pk == merged.pk:
            if merged_id == kept_id:
                raise CannotMerge("This is the same person already.")
            return kept
        facts = _joined(kept, merged)
        for label, move in _moves():
            _movers.get(label, move)(kept, merged)
        _keep_alias(kept, merged, facts)
        audit.record(actor, "contact.merged", kept, merged=str(merged.pk))
        merged.delete()
        for name, value in facts.items():
            setattr(kept, name, value)
        kept.updated_at = now()
        kept.save(update_fields=[*facts, "updated_at"])
        rescore_soon(kept.pk)
        publish_on_commit(org.pk, "call", contact=kept.pk)
    return kept


def movable_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Every foreign key to contacts, in every room: model and field."""
    for relation in Contact._meta.get_fields(include_hidden=True):
        if relation.auto_created and relation.one_to_many:
            yield relation.related_model, relation.field.name  # type: ignore[misc, union-attr]


def _lock_both(first: UUID, second: UUID) -> tuple[Contact, Contact]:
    """Always in the same order, so that two merges of the same two wait for each other instead of blocking."""
    found = {contact_id: lock_contact(contact_id) for contact_id in sorted({first, second})}
    return found[first], found[second]


def _moves() -> Iterator[tuple[str, Mover]]:
    for model, field in movable_fields():
        yield model._meta.label, _by_key(model, field)


def _by_key(model: type[models.Model], field: str) -> Mover:
    def move(kept: Contact, merged: Contact) -> None:
        rows: models.Manager[Any] = model.objects  # type: ignore[attr-defined]
        rows.filter(**{field: merged}).update(**{field: kept})

    return move


def _keep_alias(kept: Contact, merged: Contact, facts: Mapping[str, Any]) -> None:
    """The number and address that the kept contact has not taken over stay with the old id."""
    ContactAlias.objects.create(
        former_id=merged.pk,
        contact=kept,
        phone="" if merged.phone == facts["phone"] else merged.phone,
        email="" if merged.email.lower() == facts["email"].lower() else merged.email,
    )


def _joined(kept: Contact, merged: Contact) -> dict[str, Any]:
    """The kept contact's facts after the merge. Of what holds somebody back (blocked, no texts), either is enough."""
    facts: dict[str, Any] = {name: getattr(kept, name) or getattr(merged, name) for name in _FILLED}
    named = kept if kept.name else merged
    facts |= {"first_name": named.first_name, "last_name": named.last_name}
    facts |= {name: _earliest(kept, merged, name) for name in ("opted_out_at", "blocked_at", "hot_at")}
    facts["custom_fields"] = {**merged.custom_fields, **kept.custom_fields}
    facts["service_interests"] = list(dict.fromkeys([*kept.service_interests, *merged.service_interests]))
    facts["notes"] = _both(kept.notes, merged.notes, "\n\n")
    preferences = _both(kept.preferences, merged.preferences, "; ")
    facts["preferences"] = preferences if len(preferences) <= LONGEST_PREFERENCES else kept.preferences
    facts["memory_enabled"] = kept.memory_enabled and merged.memory_enabled
    facts["number_use"] = _number_use(kept, merged)
    facts["lead_status"] = max(kept.lead_status, merged.lead_status, key=lambda stage: _STAGES.index(LeadStatus(stage)))
    facts["lead_score"] = max(kept.lead_score, merged.lead_score)
    heard = [moment for moment in (kept.last_contacted_at, merged.last_contacted_at) if moment]
    facts["last_contacted_at"] = max(heard, default=None)
    return facts


def _earliest(kept: Contact, merged: Contact, name: str) -> Any:
    return min((moment for moment in (getattr(kept, name), getattr(merged, name)) if moment), default=None)


def _number_use(kept: Contact, merged: Contact) -> str:
    uses = (kept.number_use, merged.number_use)
    if NumberUse.SEVERAL in uses:
        return NumberUse.SEVERAL
    return kept.number_use if kept.number_use != NumberUse.UNKNOWN else merged.number_use


def _both(kept: str, merged: str, between: str) -> str:
    return between.join(dict.fromkeys(filter(None, (kept, merged))))
