"""One lead: everything between them and the clinic, and what the team decides about them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.caller_care import block_caller, keep_in_mind, unblock_caller
from contacts.calling import call_button
from contacts.changing import change_contact, delete_contact
from contacts.duplicates import find_duplicates
from contacts.errors import NumberTaken
from contacts.forms import CallerForm, LeadForm, NoteForm
from contacts.lead_list import find_worths
from contacts.lead_words import say_lead
from contacts.models import Contact, ContactAlias
from contacts.people import access_contact
from contacts.reaching import allow_texts, find_stop, stop_texts
from contacts.scores import latest_score
from contacts.thread import read_thread
from contacts.views.faces import done, is_fragment
from contacts.wishes import new_key
from orgs import audit
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from voxanne.cursors import decode_cursor
from voxanne.errors import DomainError


@require_safe
@require_permission("contacts:read")
def lead(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """Who somebody is, and what was between them and the clinic, newest first."""
    contact = access_contact(contact_id)
    if contact.pk != contact_id:
        return redirect("contacts:lead", contact.pk)
    if is_fragment(request):
        template = "contacts/_more_thread.html" if request.GET.get("cursor") else "contacts/_thread.html"
        return render(request, template, _thread_context(request, contact))
    audit.record(request.actor, "contact.opened", contact)
    return render(request, "contacts/lead.html", lead_context(request, contact))


def lead_context(
    request: OrgRequest, contact: Contact, *, caller_form: CallerForm | None = None, note_form: NoteForm | None = None
) -> dict[str, Any]:
    """What a lead's page shows; with a form as somebody has just sent it, where that was refused."""
    return {
        **_thread_context(request, contact),
        "headline": say_lead(contact),
        "score": latest_score(contact.pk),
        "worth": find_worths([contact.pk]).get(contact.pk),
        "aliases": list(ContactAlias.objects.filter(contact=contact).order_by("created_at", "id")),
        "duplicates": find_duplicates(contact),
        "stopped": find_stop(contact),
        "call_back": call_button(request.org, contact),
        "caller_form": caller_form or CallerForm.of(contact),
        "note_form": note_form or NoteForm(),
        "note_key": new_key(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("contacts:read", post="contacts:write")
def edit(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """Correct what is known of somebody."""
    contact = access_contact(contact_id)
    if request.method != "POST":
        return _edit(request, contact, LeadForm(contact=contact))
    form = LeadForm(request.POST, contact=contact)
    if not form.is_valid():
        return _edit(request, contact, form, status=422)
    try:
        change_contact(org=request.org, contact_id=contact.pk, changes=form.cleaned_data, actor=request.actor)
    except DomainError as refused:
        form.refuse(refused)
        taken_by = refused.context["contact_id"] if isinstance(refused, NumberTaken) else None
        return _edit(request, contact, form, status=422, taken_by=taken_by)
    messages.success(request, "Saved.")
    return redirect("contacts:lead", contact.pk)


@require_POST
@require_permission("contacts:write")
def remember(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """Store what the receptionist may know of them."""
    contact = access_contact(contact_id)
    form = CallerForm(request.POST)
    if not form.is_valid():
        return render(request, "contacts/lead.html", lead_context(request, contact, caller_form=form), status=422)
    keep_in_mind(contact_id=contact.pk, wishes=form.wishes(), actor=request.actor)
    return done(request, contact.pk, "Saved. It holds from the next call on.")


@require_POST
@require_permission("contacts:write")
def block(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """Have nobody answer them."""
    contact = block_caller(contact_id=contact_id, actor=request.actor)
    return done(request, contact.pk, "Blocked. Their calls are not taken any more.")


@require_POST
@require_permission("contacts:write")
def unblock(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """Have them answered again."""
    contact = unblock_caller(contact_id=contact_id, actor=request.actor)
    return done(request, contact.pk, "Unblocked. Their calls are taken again.")


@require_POST
@require_permission("contacts:write")
def stop(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """They want no texts."""
    contact = stop_texts(org=request.org, contact_id=contact_id, actor=request.actor)
    return done(request, contact.pk, "They get no more texts, nor automatic ones.")


@require_POST
@require_permission("contacts:write")
def allow(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """They want texts after all."""
    try:
        contact = allow_texts(org=request.org, contact_id=contact_id, actor=request.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("contacts:lead", contact_id)
    return done(request, contact.pk, "They get texts again.")


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("contacts:read", post="contacts:write")
def delete(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """Ask first, then forget them."""
    contact = access_contact(contact_id)
    if request.method != "POST":
        return render(request, "contacts/delete.html", {"contact": contact})
    try:
        delete_contact(org=request.org, contact_id=contact.pk, actor=request.actor)
    except DomainError as refused:
        return render(request, "contacts/delete.html", {"contact": contact, "refused": refused.message}, status=409)
    messages.success(request, "Deleted.")
    return redirect("contacts:leads")


def _thread_context(request: OrgRequest, contact: Contact) -> dict[str, Any]:
    after = decode_cursor(request.GET.get("cursor", ""))
    shown = decode_cursor(request.GET.get("shown", ""))
    page = read_thread(contact_id=contact.pk, after=after, down_to=shown)
    here = reverse("contacts:lead", args=[contact.pk])
    next_cursor = page.next_cursor.encode() if page.next_cursor else ""
    return {
        "contact": contact,
        "entries": page.entries,
        "next_url": f"{here}?cursor={next_cursor}" if next_cursor else "",
        "live_url": f"{here}?shown={next_cursor}" if next_cursor else here,
    }


def _edit(request: OrgRequest, contact: Contact, form: LeadForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "contacts/edit.html", {"contact": contact, "form": form, **more}, status=status)
