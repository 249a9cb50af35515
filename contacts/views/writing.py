"""Texting and emailing a lead: a dialog, or a page of its own."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from contacts.forms import EmailForm, TextForm
from contacts.models import Contact
from contacts.people import access_contact
from contacts.views.faces import done, is_fragment
from contacts.wishes import new_key
from contacts.writing import find_obstacle, write_to_contact
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from telephony.models import Channel
from voxanne.errors import DomainError

_FORMS = {Channel.SMS: TextForm, Channel.EMAIL: EmailForm}


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("contacts:read", post="messages:write")
def text(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """The form, and texting them."""
    return _write(request, contact_id, Channel.SMS)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("contacts:read", post="messages:write")
def email(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """The form, and emailing them."""
    return _write(request, contact_id, Channel.EMAIL)


def _write(request: OrgRequest, contact_id: UUID, channel: Channel) -> HttpResponse:
    contact = access_contact(contact_id)
    if request.method != "POST":
        return _form(request, contact, channel, _FORMS[channel]())
    form = _FORMS[channel](request.POST)
    if not form.is_valid():
        return _form(request, contact, channel, form, key=request.POST.get("key", ""))
    try:
        write_to_contact(
            org=request.org,
            contact_id=contact.pk,
            channel=channel,
            body=form.cleaned_data["message"],
            subject=form.cleaned_data.get("subject", ""),
            idempotency_key=request.POST.get("key", "") or new_key(),
            actor=request.actor,
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _form(request, contact, channel, form)
    words = "Your email is on its way." if channel == Channel.EMAIL else "Your text is on its way."
    return done(request, contact.pk, words)


def _form(request: OrgRequest, contact: Contact, channel: Channel, form: forms.Form, *, key: str = "") -> HttpResponse:
    context = {
        "contact": contact,
        "form": form,
        "key": key or new_key(),
        "is_email": channel == Channel.EMAIL,
        "submit": "Send the email" if channel == Channel.EMAIL else "Send the text",
        "is_page": not is_fragment(request),
        "obstacle": find_obstacle(org=request.org, contact=contact, channel=channel),
    }
    template = "contacts/_write.html" if is_fragment(request) else "contacts/write.html"
    return render(request, template, context, status=422 if form.is_bound else 200)
