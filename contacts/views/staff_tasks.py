"""Finishing a task, and taking that back."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from contacts.models import StaffTask
from contacts.staff_tasks import finish_task, reopen_task
from contacts.staff_tasks.selectors import get_task
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


@require_POST
@require_permission("calls:write")
def done(request: OrgRequest, task_id: UUID) -> HttpResponse:
    """Somebody has seen to it."""
    return _answer(request, finish_task(task_id=task_id, actor=request.actor), "Done.")


@require_POST
@require_permission("calls:write")
def undo(request: OrgRequest, task_id: UUID) -> HttpResponse:
    """It still has to be done."""
    return _answer(request, reopen_task(task_id=task_id, actor=request.actor), "Back on the list.")


def _answer(request: OrgRequest, task: StaffTask, words: str) -> HttpResponse:
    """htmx gets the line as it is now, and a toast; a form the page that it stood on."""
    if request.headers.get("HX-Request"):
        response = render(request, "contacts/_task.html", {"task": get_task(task.pk)})
        response["HX-Trigger"] = json.dumps({"toast": {"level": "success", "message": words}})
        return response
    messages.success(request, words)
    if request.POST.get("on") == "call" and task.call_id is not None:
        return redirect("calls:detail", task.call_id)
    return redirect("calls:overview")
