"""Versions of an agent, and their way to go live."""

from typing import cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.api.requests import read_number, read_object
from agents.api.serializers import (
    AgentDetailSerializer,
    PublicationSerializer,
    PublishRequest,
    RestoreRequest,
    VersionDetailSerializer,
    VersionsAnswer,
    VersionSerializer,
    describe_draft,
)
from agents.drafts import PAGE_SIZE, get_draft, list_versions
from agents.editing import restore_version
from agents.publishing import request_publication
from agents.versions import get_version
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


@require_permission("agents:read")
class AgentVersionsView(APIView):
    """Everything that was ever saved, newest first, 25 at a time."""

    @extend_schema(
        operation_id="agents_versions_list", parameters=[OpenApiParameter("before", int)], responses=VersionsAnswer
    )
    def get(self, request: Request, agent_id: UUID) -> Response:
        before = read_number(request.query_params.get("before"), "before")
        rows = list_versions(agent_id, before=before, limit=PAGE_SIZE + 1)
        shown = rows[:PAGE_SIZE]
        following = shown[-1].number if len(rows) > PAGE_SIZE else None
        return Response({"results": VersionSerializer(shown, many=True).data, "next": following})


@require_permission("agents:read")
class AgentVersionView(APIView):
    """One version: its settings and what it changed."""

    @extend_schema(responses=VersionDetailSerializer)
    def get(self, request: Request, agent_id: UUID, number: int) -> Response:
        return Response(VersionDetailSerializer(get_version(agent_id=agent_id, number=number)).data)


class AgentPublishView(APIView):
    """Have the newest version rehearsed and, if it does well, go live."""

    org_permissions = {"post": "agents:write"}

    @extend_schema(request=PublishRequest, responses={202: PublicationSerializer})
    def post(self, request: Request, agent_id: UUID) -> Response:
        asked = cast("OrgRequest", request._request)
        wish = PublishRequest(data=read_object(request))
        wish.is_valid(raise_exception=True)
        publication = request_publication(
            org=asked.org,
            agent_id=agent_id,
            actor=asked.actor,
            override=wish.validated_data["override"],
            reason=wish.validated_data["reason"],
        )
        return Response(PublicationSerializer(publication).data, status=202)


class AgentRestoreView(APIView):
    """Make an earlier version the newest again; it goes live by being published, as any other."""

    org_permissions = {"post": "agents:write"}

    @extend_schema(request=RestoreRequest, responses=AgentDetailSerializer)
    def post(self, request: Request, agent_id: UUID) -> Response:
        asked = cast("OrgRequest", request._request)
        wish = RestoreRequest(data=read_object(request))
        wish.is_valid(raise_exception=True)
        number = wish.validated_data["version"]
        restore_version(org=asked.org, agent_id=agent_id, number=number, actor=asked.actor)
        return Response(describe_draft(get_draft(agent_id)))
