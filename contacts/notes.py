"""The team's notes about a contact."""

from uuid import UUID

from django.db.models import F, QuerySet

from contacts.errors import NotYourNote
from contacts.models import ContactNote
from contacts.people import lock_contact
from contacts.wishes import id_of_wish
from orgs import audit
from orgs.actors import Actor
from orgs.scope import org_tx
from voxanne.clock import now
from voxanne.errors import BadInput, NotFound
from voxanne.ids import uuid7

LONGEST = 4000


def add_note(*, contact_id: UUID, text: str, key: str = "", actor: Actor) -> ContactNote:
    """Write down something about a contact; the same key gives the same note again.

    Raises:
        NotFound: no such contact here. BadInput: there are no words, or too many.
    """
    words = _clean(text)
    with org_tx():
        contact = lock_contact(contact_id)
        note_id = id_of_wish(contact.org_id, kind=f"note of {actor.user_id}", key=key) or uuid7()
        note = ContactNote(pk=note_id, org_id=contact.org_id, contact=contact, author_id=actor.user_id, text=words)
        earlier: ContactNote | None = ContactNote.objects.filter(pk=note_id).first()
        if earlier is not None:
            return earlier
        note.save(force_insert=True)
        audit.record(actor, "contact.note_added", contact, note=str(note.pk))
    return note


def change_note(*, contact_id: UUID, note_id: UUID, text: str, actor: Actor) -> ContactNote:
    """Put it in other words.

    Raises:
        NotFound: no such note of that contact. NotYourNote: a colleague wrote it. BadInput: as in `add_note`.
    """
    words = _clean(text)
    with org_tx():
        note = _lock_own(contact_id, note_id, actor)
        if note.text != words:
            note.text, note.edited_at = words, now()
            note.save(update_fields=["text", "edited_at", "updated_at"])
            audit.record(actor, "contact.note_changed", note)
    return note


def delete_note(*, contact_id: UUID, note_id: UUID, actor: Actor) -> None:
    """Take it away.

    Raises:
        NotFound: no such note of that contact. NotYourNote: a colleague wrote it.
    """
    with org_tx():
        note = _lock_own(contact_id, note_id, actor)
        audit.record(actor, "contact.note_deleted", note)
        note.delete()


def get_note(*, contact_id: UUID, note_id: UUID) -> ContactNote:
    """One note as a page shows it.

    Raises:
        NotFound: no such note of that contact.
    """
    return _get(notes_of(contact_id), note_id)


def notes_of(contact_id: UUID) -> QuerySet[ContactNote]:
    """A contact's notes, each with its author's name: more of a colleague is not for a clinic's login to read."""
    notes: QuerySet[ContactNote] = ContactNote.objects.filter(contact_id=contact_id)
    return notes.annotate(author_name=F("author__full_name"))


def _lock_own(contact_id: UUID, note_id: UUID, actor: Actor) -> ContactNote:
    note = _get(ContactNote.objects.select_for_update().filter(contact_id=contact_id), note_id)
    if note.author_id is None or note.author_id != actor.user_id:
        raise NotYourNote
    return note


def _get(notes: QuerySet[ContactNote], note_id: UUID) -> ContactNote:
    note = notes.filter(pk=note_id).first()
    if note is None:
        raise NotFound("We could not find that note.")
    return note


def _clean(text: str) -> str:
    words = text.replace("\0", "").strip()
    if not words:
        raise BadInput("Write something first.", fields={"text": ["Write something first."]})
    if len(words) > LONGEST:
        too_long = f"A note has at most {LONGEST:,} characters."
        raise BadInput(too_long, fields={"text": [too_long]})
    return words
