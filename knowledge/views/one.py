"""One document: what stands in it, and what can be done with it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge import documents
from knowledge.errors import NoOriginal
from knowledge.files import read_file
from knowledge.forms import RenameForm, TextForm
from knowledge.models import DocumentStatus, KnowledgeDocument, Source
from knowledge.passages import list_passages, read_place
from knowledge.views.faces import is_fragment, pages_from
from orgs import audit
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from voxanne.errors import DomainError


@require_safe
@require_permission("knowledge:read")
def document(request: OrgRequest, document_id: UUID) -> HttpResponse:
    """What it says, cut as it is found; live while it is processed."""
    one = documents.access_document(request.org, document_id)
    after, down_to = (read_place(request.GET.get(name, "")) for name in ("after", "shown"))
    passages, following = list_passages(one, after=after, down_to=down_to)
    here = reverse("knowledge:document", args=[one.pk])
    context: dict[str, Any] = {"document": one, "passages": passages, **pages_from(here, following)}
    if is_fragment(request) and after is not None:
        return render(request, "knowledge/_passages.html", context)
    context |= {"headline": say_state(one), "uploaded_by": str(one.uploaded_by or "")}
    return render(request, "knowledge/_document.html" if is_fragment(request) else "knowledge/document.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("knowledge:write")
def edit(request: OrgRequest, document_id: UUID) -> HttpResponse:
    """Change a text that was written here: its title, its words or both."""
    one = documents.access_document(request.org, document_id)
    if one.source != Source.TEXT:
        return redirect("knowledge:rename", one.pk)
    form = TextForm(request.POST if request.method == "POST" else None, initial={"title": one.title, "text": one.text})
    if form.is_bound and form.is_valid():
        title, text = form.cleaned_data["title"], form.cleaned_data["text"]
        try:
            documents.edit_text(org=request.org, document_id=one.pk, text=text, actor=request.actor)
            documents.rename(org=request.org, document_id=one.pk, title=title, actor=request.actor)
        except DomainError as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Saved. Your assistant knows it in a moment.")
            return redirect("knowledge:document", one.pk)
    return _write(request, one, form, title="Edit the text")


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("knowledge:write")
def rename(request: OrgRequest, document_id: UUID) -> HttpResponse:
    """Give it another title."""
    one = documents.access_document(request.org, document_id)
    form = RenameForm(request.POST if request.method == "POST" else None, initial={"title": one.title})
    if form.is_bound and form.is_valid():
        try:
            documents.rename(org=request.org, document_id=one.pk, actor=request.actor, **form.cleaned_data)
        except DomainError as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Renamed.")
            return redirect("knowledge:document", one.pk)
    return _write(request, one, form, title="Rename a document")


@require_POST
@require_permission("knowledge:write")
def off(request: OrgRequest, document_id: UUID) -> HttpResponse:
    """Have it rest."""
    documents.activate(org=request.org, document_id=document_id, is_active=False, actor=request.actor)
    messages.success(request, "Switched off. “Switch on” has your assistant use it again.")
    return redirect("knowledge:document", document_id)


@require_POST
@require_permission("knowledge:write")
def on(request: OrgRequest, document_id: UUID) -> HttpResponse:
    """Have it used again."""
    documents.activate(org=request.org, document_id=document_id, is_active=True, actor=request.actor)
    messages.success(request, "Switched on.")
    return redirect("knowledge:document", document_id)


@require_POST
@require_permission("knowledge:write")
def again(request: OrgRequest, document_id: UUID) -> HttpResponse:
    """Have it read once more."""
    documents.reprocess(org=request.org, document_id=document_id, actor=request.actor)
    messages.success(request, "It is being read again. Until then your assistant answers from what it has.")
    return redirect("knowledge:document", document_id)


@require_safe
@require_permission("knowledge:read")
def original(request: OrgRequest, document_id: UUID) -> HttpResponse:
    """The file as it was uploaded. Always a download: nothing of it is shown as a page of ours."""
    one = documents.access_document(request.org, document_id)
    if not one.storage_name:
        raise NoOriginal
    try:
        content = read_file(one)
    except OSError as error:
        raise NoOriginal from error
    audit.record(request.actor, "document.downloaded", one)
    response = HttpResponse(content, content_type=one.media_type or "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=one.filename or "document"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("knowledge:write")
def delete(request: OrgRequest, document_id: UUID) -> HttpResponse:
    """Ask, then delete it."""
    one = documents.access_document(request.org, document_id)
    if request.method == "POST":
        documents.delete(org=request.org, document_id=one.pk, actor=request.actor)
        messages.success(request, f"“{one.title}” is deleted.")
        return redirect("knowledge:documents")
    return render(request, "knowledge/delete.html", {"document": one, "answers": one.questions.count()})


def say_state(document: KnowledgeDocument) -> str:
    """How far a document has come, in a sentence."""
    done, total = document.progress_done, document.progress_total
    so_far = f": {done:,} of {total:,}" if total else ""
    passages = "one passage" if document.chunk_count == 1 else f"{document.chunk_count:,} passages"
    if document.status == DocumentStatus.FAILED:
        return "It could not be read."
    if document.status == DocumentStatus.PENDING:
        return "It waits to be read."
    if document.status == DocumentStatus.EXTRACTING:
        return f"It is being read{f'{so_far} pages' if total else ''}."
    if not document.is_active:
        return f"It is switched off. It has {passages}."
    if document.status == DocumentStatus.EMBEDDING:
        return f"Your assistant finds it by its words; by its meaning soon{f'{so_far} passages' if total else ''}."
    return f"Your assistant answers from it: {passages}."


def _write(request: OrgRequest, one: KnowledgeDocument, form: RenameForm | TextForm, *, title: str) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "submit": "Save",
        "icon": "check",
        "back_url": reverse("knowledge:document", args=[one.pk]),
        "back_words": "the document",
    }
    return render(request, "knowledge/write.html", context, status=422 if form.errors else 200)
