"""`GET /api/agents`."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.models import Agent
from agents.selectors import list_agents
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


class AgentSerializer(serializers.ModelSerializer[Agent]):
    """What a list says of an agent."""

    class Meta:
        model = Agent
        fields = (
            "id", "name", "call_direction", "vapi_assistant_id", "vapi_phone_number_id", "sync_state", "sync_error",
            "mode", "version",
        )  # fmt: skip


@require_permission("agents:read")
class AgentsView(APIView):
    """The organisation's agents."""

    @extend_schema(responses=AgentSerializer(many=True))
    def get(self, request: Request) -> Response:
        org = cast("OrgRequest", request._request).org
        return Response(AgentSerializer(list_agents(org), many=True).data)
