"""An agent's own Twilio account."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.selectors import get_agent_page
from agents.twilio import remove_own_twilio, save_own_twilio
from orgs import sessions
from orgs.errors import SignInAgain
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions
from orgs.scope import org_tx
from voxanne.errors import BadInput


def _text(*, nullable: bool = True) -> serializers.CharField:
    return serializers.CharField(allow_null=nullable)


_TWILIO_REQUEST = inline_serializer(
    "AgentTwilioRequest",
    {name: _text(nullable=False) for name in ("accountSid", "authToken", "phoneNumber")},
)
# `source` says whose account serves the agent: its own, the organisation's, or none.
_TWILIO_ANSWER = inline_serializer(
    "AgentTwilioAnswer",
    {
        "success": serializers.BooleanField(),
        "data": inline_serializer(
            "AgentTwilio",
            {
                "connected": serializers.BooleanField(),
                **{name: _text() for name in ("accountSid", "phoneNumber", "authToken", "syncState", "error")},
                "source": serializers.ChoiceField(["agent", "fallback"], allow_null=True),
            },
        ),
    },
)


@opens_own_transactions
class AgentTwilioView(APIView):
    """An agent's own Twilio account: members read, admins and owners write. The token leaves only as its mask."""

    org_permissions = {"get": "agents:read", "post": "agents:write", "delete": "agents:write"}

    @extend_schema(responses=_TWILIO_ANSWER)
    def get(self, request: Request, agent_id: UUID) -> Response:
        return _answer(request, agent_id)

    @extend_schema(request=_TWILIO_REQUEST, responses=_TWILIO_ANSWER)
    def post(self, request: Request, agent_id: UUID) -> Response:
        org_request = _access_for_writing(request)
        if not isinstance(request.data, dict):
            raise BadInput("Send a JSON object.")
        save_own_twilio(org=org_request.org, agent_id=agent_id, given=request.data, actor=org_request.actor)
        return _answer(request, agent_id)

    @extend_schema(responses=_TWILIO_ANSWER)
    def delete(self, request: Request, agent_id: UUID) -> Response:
        org_request = _access_for_writing(request)
        remove_own_twilio(org=org_request.org, agent_id=agent_id, actor=org_request.actor)
        return _answer(request, agent_id)


def _access_for_writing(request: Request) -> OrgRequest:
    """Who replaces secrets in a browser has signed in recently; an access token is recent by itself."""
    django_request: HttpRequest = request._request
    if django_request.user.is_authenticated and not sessions.is_fresh(django_request):
        raise SignInAgain
    return cast("OrgRequest", django_request)


def _answer(request: Request, agent_id: UUID) -> Response:
    with org_tx():
        page = get_agent_page(org=cast("OrgRequest", request._request).org, agent_id=agent_id)
    twilio, own = page.twilio, page.twilio.own
    data: dict[str, Any] = {
        "connected": own is not None,
        "accountSid": own.account_sid if own else None,
        "phoneNumber": own.phone_number if own else None,
        "authToken": own.masked_token if own else None,
        "source": twilio.source.value if twilio.source else None,
        "syncState": page.number.sync_state if page.number else None,
        "error": twilio.problem or (page.number.sync_error if page.number else "") or None,
    }
    return Response({"success": True, "data": data})
