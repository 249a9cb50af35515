"""Making one lead of two: what it would come to, and doing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contacts.merging import Preview, merge_contacts, preview_merge
from contacts.models import LeadStatus, NumberUse
from contacts.people import access_contact
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from voxanne.errors import DomainError
from voxanne.ui.templatetags.say import phone

# What is told of a merge, in this order.
_FACTS = {
    "name": "Name",
    "phone": "Phone",
    "email": "Email",
    "date_of_birth": "Date of birth",
    "lead_status": "Stage",
    "service_interests": "Interested in",
    "preferences": "Keep in mind",
    "notes": "About them",
    "memory_enabled": "Remembered",
    "number_use": "Their number",
    "opted_out_at": "No texts since",
    "blocked_at": "Blocked since",
    "last_contacted_at": "Last contact",
}


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("contacts:read", post="contacts:write")
def merge(request: OrgRequest, contact_id: UUID, other_id: UUID) -> HttpResponse:
    """`other_id` becomes part of `contact_id`."""
    kept, merged = access_contact(contact_id), access_contact(other_id)
    if kept.pk == merged.pk:
        messages.info(request, "These two are one already.")
        return redirect("contacts:lead", kept.pk)
    if request.method == "POST":
        try:
            merge_contacts(org=request.org, kept_id=kept.pk, merged_id=merged.pk, actor=request.actor)
        except DomainError as refused:
            return _preview(request, kept.pk, merged.pk, refused=refused.message)
        messages.success(request, "Merged. The old links lead here now.")
        return redirect("contacts:lead", kept.pk)
    return _preview(request, kept.pk, merged.pk)


def _preview(request: OrgRequest, kept_id: UUID, merged_id: UUID, *, refused: str = "") -> HttpResponse:
    preview = preview_merge(kept=access_contact(kept_id), merged=access_contact(merged_id))
    context = {"preview": preview, "changes": _changes(preview), "moves": _moves(preview), "refused": refused}
    return render(request, "contacts/merge.html", context, status=409 if refused else 200)


def _changes(preview: Preview) -> list[tuple[str, Any]]:
    """What would be different on the kept contact: a fact, and its value in words or a moment."""
    return [(words, _say(name, preview.facts[name])) for name, words in _FACTS.items() if name in preview.facts]


def _say(name: str, value: Any) -> Any:
    match name:
        case "lead_status":
            return LeadStatus(value).label
        case "number_use":
            return NumberUse(value).label
        case "memory_enabled":
            return "Yes" if value else "No"
        case "phone":
            return phone(value)
        case "service_interests":
            return ", ".join(map(str, value))
        case _:
            return value


def _moves(preview: Preview) -> str:
    """In a sentence's part: "3 calls, 1 note"."""
    return ", ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for noun, count in preview.moves.items() if count)
