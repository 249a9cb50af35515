"""The list of documents."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from knowledge.document_list import DocumentState, list_documents
from knowledge.forms import DocumentFilterForm
from knowledge.limits import MOST_BYTES
from knowledge.models import Source
from knowledge.questions.selectors import count_open
from knowledge.views.faces import is_fragment, pages_of
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from voxanne.cursors import decode_cursor

# For the browser's chooser alone: what a file is, its bytes say.
FILE_TYPES = ".pdf,.docx,.txt,.md,.markdown,.html,.htm,.csv"


@require_safe
@require_permission("knowledge:read")
def documents(request: OrgRequest) -> HttpResponse:
    """All documents, the newest first, narrowed by what stands in the address."""
    filters = DocumentFilterForm(request.GET).filters()
    after, shown = (decode_cursor(request.GET.get(name, "")) for name in ("cursor", "shown"))
    rows, following = list_documents(filters=filters, after=after, down_to=shown)
    here = reverse("knowledge:documents")
    context: dict[str, Any] = {"rows": rows, "filters": filters, **pages_of(here, filters.as_query(), following)}
    if is_fragment(request):
        return render(request, "knowledge/_more.html" if after else "knowledge/_documents.html", context)
    around = {
        "states": DocumentState.choices,
        "sources": Source.choices,
        "most_bytes": MOST_BYTES,
        "file_types": FILE_TYPES,
        "open_questions": count_open(),
    }
    return render(request, "knowledge/documents.html", {**context, **around})
