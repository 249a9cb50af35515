"""Adding to the knowledge base: files, a text, a web page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from knowledge import documents
from knowledge.errors import FileTooLarge
from knowledge.forms import PageForm, TextForm
from knowledge.uploads import read_upload
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from voxanne.errors import DomainError
from voxanne.uploads import was_cut_off

MOST_AT_ONCE = 20


@require_POST
@opens_own_transactions
@require_permission("knowledge:write")
def upload(request: OrgRequest) -> HttpResponse:
    """Files from the plain form, each with a word about it. With script they go to the API, one by one."""
    files = request.FILES.getlist("files")
    if was_cut_off(request):
        messages.error(request, FileTooLarge.message)
    elif not files:
        messages.error(request, "Choose a file first.")
    for file in files[:MOST_AT_ONCE]:
        try:
            documents.add_upload(org=request.org, upload=read_upload(file), actor=request.actor)
        except DomainError as refused:
            messages.error(request, f"{file.name}: {refused.message}")
        else:
            messages.success(request, f"{file.name} is uploaded and being read.")
    if len(files) > MOST_AT_ONCE:
        messages.warning(request, f"The first {MOST_AT_ONCE} files were taken. Upload the others now.")
    return redirect("knowledge:documents")


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("knowledge:write")
def new_text(request: OrgRequest) -> HttpResponse:
    """Write something down. A POST that says `begin` opens the form with a title, which stands in no address."""
    is_sent = request.method == "POST" and "begin" not in request.POST
    form = TextForm(request.POST if is_sent else None, initial={"title": request.POST.get("title", "")[:200]})
    if form.is_bound and form.is_valid():
        try:
            document = documents.add_text(org=request.org, actor=request.actor, **form.cleaned_data)
        except DomainError as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Saved. Your assistant knows it in a moment.")
            return redirect("knowledge:document", document.pk)
    return _write(request, form, title="Write a text", submit="Save", icon="check")


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("knowledge:write")
def new_page(request: OrgRequest) -> HttpResponse:
    """Import one web page; a worker fetches it."""
    form = PageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            document = documents.add_page(org=request.org, actor=request.actor, **form.cleaned_data)
        except DomainError as refused:
            form.refuse(refused)
        else:
            messages.success(request, "The page is being fetched.")
            return redirect("knowledge:document", document.pk)
    return _write(request, form, title="Import a web page", submit="Import", icon="globe")


def _write(request: OrgRequest, form: TextForm | PageForm, *, title: str, submit: str, icon: str) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "submit": submit,
        "icon": icon,
        "back_url": reverse("knowledge:documents"),
        "back_words": "your knowledge",
    }
    return render(request, "knowledge/write.html", context, status=422 if form.errors else 200)
