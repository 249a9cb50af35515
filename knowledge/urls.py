from django.urls import path

from knowledge.api.documents import DocumentsView, DocumentView, ReprocessView
from knowledge.api.search import Search
from knowledge.views import adding, asking, listing, one, questions

app_name = "knowledge"
PAGE = "dashboard/knowledge"
DOCUMENT = f"{PAGE}/<uuid_or_400:document_id>"
QUESTION = f"{PAGE}/questions/<uuid_or_400:question_id>"
urlpatterns = [
    path("api/knowledge/documents", DocumentsView.as_view(), name="api-documents"),
    path("api/knowledge/documents/<uuid_or_400:document_id>", DocumentView.as_view(), name="api-document"),
    path("api/knowledge/documents/<uuid_or_400:document_id>/reprocess", ReprocessView.as_view(), name="api-reprocess"),
    path("api/knowledge/search", Search.as_view(), name="api-search"),
    path(PAGE, listing.documents, name="documents"),
    path(f"{PAGE}/upload", adding.upload, name="upload"),
    path(f"{PAGE}/text", adding.new_text, name="new_text"),
    path(f"{PAGE}/page", adding.new_page, name="new_page"),
    path(f"{PAGE}/ask", asking.ask, name="ask"),
    path(f"{PAGE}/questions", questions.questions, name="questions"),
    path(f"{QUESTION}/answer", questions.answer, name="answer"),
    path(f"{QUESTION}/dismiss", questions.dismiss, name="dismiss"),
    path(f"{QUESTION}/bring-back", questions.bring_back, name="bring_back"),
    path(DOCUMENT, one.document, name="document"),
    path(f"{DOCUMENT}/edit", one.edit, name="edit"),
    path(f"{DOCUMENT}/rename", one.rename, name="rename"),
    path(f"{DOCUMENT}/off", one.off, name="off"),
    path(f"{DOCUMENT}/on", one.on, name="on"),
    path(f"{DOCUMENT}/again", one.again, name="again"),
    path(f"{DOCUMENT}/original", one.original, name="original"),
    path(f"{DOCUMENT}/delete", one.delete, name="delete"),
]
