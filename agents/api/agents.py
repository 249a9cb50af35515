"""Agents: listing them, editing their settings, and bringing Vapi in step."""

from typing import cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.api.requests import read_number, read_object
from agents.api.serializers import (
    AgentChangeSerializer,
    AgentDetailSerializer,
    AgentSerializer,
    PromptAnswer,
    describe_draft,
)
from agents.drafts import get_draft, get_finished_prompt
from agents.editing import save_draft, set_mode
from agents.selectors import list_agents
from agents.services import request_sync
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


@require_permission("agents:read")
class AgentsView(APIView):
    """The organisation's agents."""

    @extend_schema(responses=AgentSerializer(many=True))
    def get(self, request: Request) -> Response:
        org = cast("OrgRequest", request._request).org
        return Response(AgentSerializer(list_agents(org), many=True).data)


class AgentView(APIView):
    """One agent, to be edited. Members read, admins and owners write."""

    org_permissions = {"get": "agents:read", **dict.fromkeys(["patch", "post", "put", "delete"], "agents:write")}

    @extend_schema(responses=AgentDetailSerializer)
    def get(self, request: Request, agent_id: UUID) -> Response:
        return Response(describe_draft(get_draft(agent_id)))

    @extend_schema(request=AgentChangeSerializer, responses=AgentDetailSerializer)
    def patch(self, request: Request, agent_id: UUID) -> Response:
        """Save settings as a new version, which is a draft until it is published; `mode` acts at once."""
        asked = cast("OrgRequest", request._request)
        changes = dict(read_object(request))
        base_version = read_number(changes.pop("base_version", None), "base_version")
        mode = changes.pop("mode", None)
        save_draft(org=asked.org, agent_id=agent_id, changes=changes, actor=asked.actor, base_version=base_version)
        if mode is not None:
            set_mode(org=asked.org, agent_id=agent_id, mode=mode, actor=asked.actor)
        return Response(describe_draft(get_draft(agent_id)))


class AgentSyncView(APIView):
    """Bring Vapi in step now, whatever failed before."""

    org_permissions = {"post": "agents:write"}

    @extend_schema(request=None, responses={202: AgentSerializer})
    def post(self, request: Request, agent_id: UUID) -> Response:
        asked = cast("OrgRequest", request._request)
        agent = request_sync(org=asked.org, agent_id=agent_id, actor=asked.actor)
        return Response(AgentSerializer(agent).data, status=202)


@require_permission("agents:read")
class AgentPromptView(APIView):
    """The finished prompt of the newest version, or of another one."""

    @extend_schema(parameters=[OpenApiParameter("version", int)], responses=PromptAnswer)
    def get(self, request: Request, agent_id: UUID) -> Response:
        org = cast("OrgRequest", request._request).org
        version = read_number(request.query_params.get("version"), "version")
        return Response(PromptAnswer(get_finished_prompt(org=org, agent_id=agent_id, version=version)).data)
