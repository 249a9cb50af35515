"""`POST /api/contacts/{id}/call-back` and `POST /api/agents/{id}/call-me`: having somebody called."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.selectors import get_agent
from calls.models import OutboundCall, OutboundPurpose, OutboundState
from calls.outbound.placing import place_call
from calls.outbound.words import NOT_CONFIRMED
from contacts.people import access_contact
from orgs.middleware import OrgRequest
from orgs.scope import org_tx
from voxanne.errors import BadInput

KEY_HEADER = "Idempotency-Key"
_KEY = OpenApiParameter(
    KEY_HEADER,
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Names this wish: sent again, it is the same call and gets the same answer.",
)


class CallMeRequest(serializers.Serializer):
    """Whose telephone is to ring."""

    phone = serializers.CharField(max_length=40)


class PlacedCallAnswer(serializers.Serializer):
    """`initiated`: Vapi dials. `unknown` (202): its answer was lost; within minutes the call's page tells more."""

    callId = serializers.UUIDField()  # noqa: N815 - the API speaks camel case
    vapiCallId = serializers.CharField(allow_null=True)  # noqa: N815
    phone = serializers.CharField()
    status = serializers.ChoiceField(["initiated", "unknown"])
    message = serializers.CharField(required=False)


_ANSWERS = {200: PlacedCallAnswer, 202: PlacedCallAnswer}


class CallBack(APIView):
    """Have the outbound agent call a contact."""

    org_permissions = {"post": "calls:write"}
    opens_own_transactions = True

    @extend_schema(request=None, parameters=[_KEY], responses=_ANSWERS)
    def post(self, request: Request, contact_id: UUID) -> Response:
        http: OrgRequest = request._request  # type: ignore[assignment]
        with org_tx():
            contact = access_contact(contact_id)
        placed = place_call(
            org=http.org,
            purpose=OutboundPurpose.CALL_BACK,
            idempotency_key=_read_key(request),
            actor=http.actor,
            contact=contact,
        )
        return _answer(placed)


class CallMe(APIView):
    """Have an agent, inbound or outbound, call whoever wants to hear it. Quiet hours do not hold."""

    org_permissions = {"post": "agents:write"}
    opens_own_transactions = True

    @extend_schema(request=CallMeRequest, parameters=[_KEY], responses=_ANSWERS)
    def post(self, request: Request, agent_id: UUID) -> Response:
        http: OrgRequest = request._request  # type: ignore[assignment]
        with org_tx():
            agent = get_agent(agent_id)
        asked = CallMeRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        placed = place_call(
            org=http.org,
            purpose=OutboundPurpose.TEST_CALL,
            idempotency_key=_read_key(request),
            actor=http.actor,
            number=asked.validated_data["phone"],
            agent=agent,
        )
        return _answer(placed)


def _read_key(request: Request) -> str:
    key: str = request.headers.get(KEY_HEADER, "")
    if not key.strip():
        raise BadInput(f"Send the header {KEY_HEADER}: a value of your own that names this call.")
    return key


def _answer(placed: OutboundCall) -> Response:
    is_placed = placed.state == OutboundState.PLACED
    body: dict[str, Any] = {
        "callId": placed.call_id,
        "vapiCallId": placed.vapi_call_id or None,
        "phone": placed.phone_number,
        "status": "initiated" if is_placed else "unknown",
    }
    if not is_placed:
        body["message"] = NOT_CONFIRMED
    return Response(body, status=200 if is_placed else 202)
