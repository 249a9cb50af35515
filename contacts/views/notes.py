"""Writing down something about a lead."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from contacts.errors import NotYourNote
from contacts.forms import NoteForm
from contacts.models import ContactNote
from contacts.notes import add_note, change_note, delete_note, get_note
from contacts.people import access_contact
from contacts.views.faces import done
from contacts.views.lead import lead_context
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


@require_POST
@require_permission("contacts:write")
def add(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """A new note."""
    contact = access_contact(contact_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        context = lead_context(request, contact, note_form=form)
        return render(request, "contacts/lead.html", context, status=422)
    key = request.POST.get("key", "")
    add_note(contact_id=contact.pk, text=form.cleaned_data["text"], key=key, actor=request.actor)
    return done(request, contact.pk, "Noted.")


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("contacts:read", post="contacts:write")
def change(request: OrgRequest, contact_id: UUID, note_id: UUID) -> HttpResponse:
    """Put one's own note in other words."""
    note = _own(request, contact_id, note_id)
    if request.method != "POST":
        return _page(request, note, NoteForm(initial={"text": note.text}))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, note, form, status=422)
    change_note(contact_id=contact_id, note_id=note_id, text=form.cleaned_data["text"], actor=request.actor)
    return done(request, contact_id, "Saved.")


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("contacts:read", post="contacts:write")
def delete(request: OrgRequest, contact_id: UUID, note_id: UUID) -> HttpResponse:
    """Ask first, then take one's own note away."""
    note = _own(request, contact_id, note_id)
    if request.method != "POST":
        return render(request, "contacts/delete_note.html", {"note": note, "contact_id": contact_id})
    delete_note(contact_id=contact_id, note_id=note_id, actor=request.actor)
    return done(request, contact_id, "Note deleted.")


def _own(request: OrgRequest, contact_id: UUID, note_id: UUID) -> ContactNote:
    note = get_note(contact_id=contact_id, note_id=note_id)
    if note.author_id is None or note.author_id != request.actor.user_id:
        raise NotYourNote
    return note


def _page(request: OrgRequest, note: ContactNote, form: NoteForm, *, status: int = 200) -> HttpResponse:
    context = {"note": note, "contact_id": note.contact_id, "form": form}
    return render(request, "contacts/edit_note.html", context, status=status)
