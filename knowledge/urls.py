from django.urls import path

from knowledge.api.documents import DocumentsView, DocumentView, ReprocessView

app_name = "knowledge"
urlpatterns = [
    path("api/knowledge/documents", DocumentsView.as_view(), name="api-documents"),
    path("api/knowledge/documents/<uuid_or_400:document_id>", DocumentView.as_view(), name="api-document"),
    path("api/knowledge/documents/<uuid_or_400:document_id>/reprocess", ReprocessView.as_view(), name="api-reprocess"),
]
