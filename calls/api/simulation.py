"""`POST /api/calls/simulate`: the dashboard's button for machines."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.simulation import Wish, simulate_call


class SimulationRequest(serializers.Serializer):
    """Which agent, which scenario, how fast, and which contact calls (nobody: whoever fits)."""

    agent_id = serializers.UUIDField(required=False, allow_null=True)
    scenario = serializers.CharField(max_length=40)
    fast = serializers.BooleanField(default=True)
    caller_id = serializers.UUIDField(required=False, allow_null=True)


class SimulationAnswer(serializers.Serializer):
    """The call that has begun."""

    vapiCallId = serializers.CharField()  # noqa: N815 - the API speaks camel case
    scenario = serializers.CharField()


class Simulate(APIView):
    """Ring your own receptionist in the sandbox; 404 where the providers are real."""

    org_permissions = {"post": "calls:write"}
    opens_own_transactions = True

    @extend_schema(request=SimulationRequest, responses={202: SimulationAnswer})
    def post(self, request: Request) -> Response:
        asked = SimulationRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        http = request._request
        placed = simulate_call(
            org=http.org,  # type: ignore[attr-defined]
            actor=http.actor,  # type: ignore[attr-defined]
            wish=Wish(**asked.validated_data),
        )
        return Response({"vapiCallId": placed.call_id, "scenario": placed.scenario}, status=202)
