"""`/api/knowledge/documents`: what agents answer from."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from knowledge import documents
from knowledge.errors import FileTooLarge
from knowledge.models import LONGEST_TITLE, DocumentStatus, KnowledgeDocument, Source
from knowledge.uploads import read_upload
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from orgs.scope import org_tx
from voxanne.cursors import decode_cursor, newest_first
from voxanne.errors import BadInput
from voxanne.json_text import StorableJSONParser
from voxanne.uploads import was_cut_off

_KNOWN = OpenApiResponse(description="The same bytes are there, as `document_id`.")
_FIELDS: tuple[str, ...] = (
    "id", "title", "source", "filename", "url", "media_type", "size_bytes", "status", "progress_done", "progress_total",
    "error_code", "error", "page_count", "chunk_count", "is_active", "uploaded_by", "last_used_at", "created_at",
    "updated_at",
)  # fmt: skip


class DocumentSerializer(serializers.ModelSerializer[KnowledgeDocument]):
    """One document. `progress_done` of `progress_total` pages or passages are through while it is processed."""

    class Meta:
        model = KnowledgeDocument
        fields = _FIELDS


class WholeDocumentSerializer(DocumentSerializer):
    """With its text, where it was typed."""

    class Meta(DocumentSerializer.Meta):
        fields = (*_FIELDS, "text")


class DocumentsQuery(serializers.Serializer[Any]):
    """Which documents."""

    status = serializers.ChoiceField(required=False, choices=DocumentStatus.choices, default="")
    source = serializers.ChoiceField(required=False, choices=Source.choices, default="")  # type: ignore[assignment]
    cursor = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class UploadedDocument(serializers.Serializer[Any]):
    """A file: PDF, DOCX, TXT, MD, HTML or CSV, at most 20 MB and 500 pages."""

    file = serializers.FileField()
    title = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TITLE, default="")


class TypedDocument(serializers.Serializer[Any]):
    """A text, Markdown if you like."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    text = serializers.CharField(trim_whitespace=False)


class ImportedDocument(serializers.Serializer[Any]):
    """One public web page; it is fetched once it is stored."""

    url = serializers.CharField(max_length=documents.LONGEST_ADDRESS)
    title = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TITLE, default="")


class DocumentChange(serializers.Serializer[Any]):
    """What may be changed. `text` only where it was typed; `is_active: false` keeps callers from being told."""

    title = serializers.CharField(required=False, max_length=LONGEST_TITLE)
    text = serializers.CharField(required=False, trim_whitespace=False)
    is_active = serializers.BooleanField(required=False)


_PAGE = inline_serializer(
    "DocumentPage",
    {"documents": DocumentSerializer(many=True), "next_cursor": serializers.CharField(allow_null=True)},
)
_NEW = {
    "multipart/form-data": UploadedDocument,
    "application/json": PolymorphicProxySerializer(
        "NewDocument", serializers=[TypedDocument, ImportedDocument], resource_type_field_name=None
    ),
}


@opens_own_transactions
@require_permission("knowledge:read", post="knowledge:write")
class DocumentsView(APIView):
    """The documents, the newest first."""

    parser_classes = [StorableJSONParser, MultiPartParser]

    @extend_schema(operation_id="documents_list", parameters=[DocumentsQuery], responses=_PAGE)
    def get(self, request: Request) -> Response:
        query = _read(DocumentsQuery, request.query_params)
        after = decode_cursor(query["cursor"])
        with org_tx():
            found = KnowledgeDocument.objects.for_org(_asked(request).org.pk).defer("text")
            for name in ("status", "source"):
                found = found.filter(**{name: query[name]}) if query[name] else found
            rows, following = newest_first(found, after=after, down_to=None, size=query["limit"], most=query["limit"])
        return Response(
            {
                "documents": DocumentSerializer(rows, many=True).data,
                "next_cursor": following.encode() if following else None,
            }
        )

    @extend_schema(request=_NEW, responses={201: WholeDocumentSerializer, 409: _KNOWN})
    def post(self, request: Request) -> Response:
        """Add one. It answers callers as soon as it is read: look at `status` again."""
        document = self._add(_asked(request), request.data)
        return Response(WholeDocumentSerializer(document).data, status=status.HTTP_201_CREATED)

    def _add(self, asked: OrgRequest, data: Any) -> KnowledgeDocument:
        if was_cut_off(asked):
            raise FileTooLarge
        data = data if isinstance(data, Mapping) else {}
        if "file" in data:
            given = _read(UploadedDocument, data)
            return documents.add_upload(
                org=asked.org, upload=read_upload(given["file"]), title=given["title"], actor=asked.actor
            )
        if "url" in data:
            return documents.add_page(org=asked.org, actor=asked.actor, **_read(ImportedDocument, data))
        if "text" in data:
            return documents.add_text(org=asked.org, actor=asked.actor, **_read(TypedDocument, data))
        raise BadInput("Give a `file`, a `text` or the `url` of a page.")


class DocumentView(APIView):
    """One document."""

    org_permissions = {"get": "knowledge:read", "patch": "knowledge:write", "delete": "knowledge:write"}

    @extend_schema(responses=WholeDocumentSerializer)
    def get(self, request: Request, document_id: UUID) -> Response:
        return Response(WholeDocumentSerializer(documents.access_document(_asked(request).org, document_id)).data)

    @extend_schema(request=DocumentChange, responses=WholeDocumentSerializer)
    def patch(self, request: Request, document_id: UUID) -> Response:
        """Only what is given changes. Another title or text has it processed again."""
        asked, given = _asked(request), _read(DocumentChange, request.data)
        about: dict[str, Any] = {"org": asked.org, "document_id": document_id, "actor": asked.actor}
        documents.access_document(asked.org, document_id)
        if "text" in given:
            documents.edit_text(text=given["text"], **about)
        if "title" in given:
            documents.rename(title=given["title"], **about)
        if "is_active" in given:
            documents.activate(is_active=given["is_active"], **about)
        return Response(WholeDocumentSerializer(documents.access_document(asked.org, document_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, document_id: UUID) -> Response:
        """Remove it with its passages and its original, for good."""
        asked = _asked(request)
        documents.delete(org=asked.org, document_id=document_id, actor=asked.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


@require_permission("knowledge:write")
class ReprocessView(APIView):
    """Reading a document once more."""

    http_method_names = ["post", "options"]

    @extend_schema(request=None, responses={202: WholeDocumentSerializer})
    def post(self, request: Request, document_id: UUID) -> Response:
        """Read it again; a web page is fetched anew. Until it is read, what it said before answers."""
        asked = _asked(request)
        document = documents.reprocess(org=asked.org, document_id=document_id, actor=asked.actor)
        return Response(WholeDocumentSerializer(document).data, status=status.HTTP_202_ACCEPTED)


def _read(kind: type[serializers.Serializer[Any]], given: Any) -> dict[str, Any]:
    form = kind(data=given)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _asked(request: Request) -> OrgRequest:
    return cast("OrgRequest", request._request)
