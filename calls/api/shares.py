"""`POST /api/calls-dashboard/{id}/share`: a link to a call's recording, by email."""

from uuid import UUID, uuid4

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.recordings.shares import share_recording
from calls.selectors import access_call
from orgs.middleware import OrgRequest

KEY_HEADER = "Idempotency-Key"
_KEY = OpenApiParameter(
    KEY_HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Names this wish: sent again, it is the same link and no second email. Without it each request is one.",
)


class ShareRequest(serializers.Serializer):
    """Who is to hear it."""

    email = serializers.EmailField(max_length=254)


class ShareAnswer(serializers.Serializer):
    """The link is on its way to this address."""

    success = serializers.BooleanField()
    email = serializers.EmailField()


class ShareRecording(APIView):
    """Email somebody a link by which they can listen to a call for 24 hours."""

    org_permissions = {"post": "calls:write"}

    @extend_schema(request=ShareRequest, parameters=[_KEY], responses={200: ShareAnswer})
    def post(self, request: Request, call_id: UUID) -> Response:
        http: OrgRequest = request._request  # type: ignore[assignment]
        call = access_call(call_id)
        asked = ShareRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        share, _ = share_recording(
            org=http.org,
            call=call,
            email=asked.validated_data["email"],
            idempotency_key=request.headers.get(KEY_HEADER, "").strip() or str(uuid4()),
            actor=http.actor,
        )
        return Response({"success": True, "email": share.email})
