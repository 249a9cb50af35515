"""`POST /api/knowledge/search`: what callers would be answered from."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from knowledge.retrieval import retrieve
from knowledge.settings import SETTINGS
from knowledge.types import MatchedBy
from orgs.middleware import OrgRequest


class SearchRequest(serializers.Serializer):
    """A question, as a caller would ask it."""

    query = serializers.CharField(max_length=SETTINGS.max_query_length)


class PassageSerializer(serializers.Serializer):
    """A passage that was found. `score` is between 0 and 1, higher is closer."""

    document_id = serializers.UUIDField()
    document_title = serializers.CharField()
    chunk_id = serializers.UUIDField()
    content = serializers.CharField()
    page = serializers.IntegerField(allow_null=True)
    heading_path = serializers.ListField(child=serializers.CharField())
    score = serializers.FloatField()
    matched_by = serializers.ChoiceField(choices=[one.value for one in MatchedBy])


class SearchAnswer(serializers.Serializer):
    """The passages, the best first; none when nothing written fits."""

    found = serializers.BooleanField()
    passages = PassageSerializer(many=True)


class Search(APIView):
    """Ask the knowledge base. By POST, so that no question stands in an address; nothing is stored."""

    org_permissions = {"post": "knowledge:read"}
    opens_own_transactions = True

    @extend_schema(request=SearchRequest, responses=SearchAnswer)
    def post(self, request: Request) -> Response:
        asked = SearchRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        org = cast("OrgRequest", request._request).org
        passages = retrieve(org=org, query=asked.validated_data["query"])
        return Response({"found": bool(passages), "passages": PassageSerializer(passages, many=True).data})
