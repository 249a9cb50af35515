"""The caller's box on a call's page: what to remember of them, and whether they are answered at all."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from calls.models import Call
from calls.selectors import access_call, find_caller
from calls.views.pages import detail_context
from contacts.caller_care import block_caller, keep_in_mind, unblock_caller
from contacts.forms import CallerForm
from contacts.models import Contact
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from voxanne.errors import NotFound


@require_POST
@require_permission("contacts:write")
def remember(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """Store what the receptionist may know of the caller."""
    call, contact = _access(call_id)
    form = CallerForm(request.POST)
    if not form.is_valid():
        return render(request, "calls/detail.html", detail_context(request, call, caller_form=form), status=422)
    keep_in_mind(contact_id=contact.pk, wishes=form.wishes(), actor=request.actor)
    messages.success(request, "Saved. It holds from the next call on.")
    return redirect("calls:detail", call_id)


@require_POST
@require_permission("contacts:write")
def block(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """Have nobody answer this caller."""
    _, contact = _access(call_id)
    block_caller(contact_id=contact.pk, actor=request.actor)
    messages.success(request, "Blocked. Their calls are not taken any more.")
    return redirect("calls:detail", call_id)


@require_POST
@require_permission("contacts:write")
def unblock(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """Have this caller answered again."""
    _, contact = _access(call_id)
    unblock_caller(contact_id=contact.pk, actor=request.actor)
    messages.success(request, "Unblocked. Their calls are taken again.")
    return redirect("calls:detail", call_id)


def _access(call_id: UUID) -> tuple[Call, Contact]:
    """A call and who was on the line.

    Raises:
        NotFound: there is no such call, or its number was withheld.
    """
    call = access_call(call_id)
    contact = find_caller(call)
    if contact is None:
        raise NotFound("That caller's number was withheld.")
    return call, contact
