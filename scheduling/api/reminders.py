"""`/api/appointments/{id}/send-reminder`."""

from typing import Any, cast
from uuid import UUID

from django.utils.crypto import get_random_string
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from scheduling.models import ReminderChannel
from scheduling.reminders.by_hand import send_now

_SENT = inline_serializer(
    "ReminderSent",
    {
        "success": serializers.BooleanField(),
        "recipient": serializers.CharField(),
        "method": serializers.ChoiceField(choices=ReminderChannel.choices),
    },
)
_REFUSED = OpenApiResponse(description="The visit is cancelled or over, or the patient wants no texts.")
_UNABLE = OpenApiResponse(description="Nothing is connected to send it by, or there is no number or address.")


class ReminderWish(serializers.Serializer[Any]):
    """By what."""

    method = serializers.ChoiceField(choices=ReminderChannel.choices)


@require_permission("appointments:write")
class SendReminderView(APIView):
    """A reminder that somebody sends now."""

    @extend_schema(request=ReminderWish, responses={200: _SENT, 400: _UNABLE, 409: _REFUSED})
    def post(self, request: Request, appointment_id: UUID) -> Response:
        """Remind the patient at once. The same `Idempotency-Key` is the same message."""
        wish = ReminderWish(data=request.data)
        wish.is_valid(raise_exception=True)
        asked = cast("OrgRequest", request._request)
        key = request.headers.get("Idempotency-Key", "").strip()[:80]
        sent = send_now(
            org=asked.org,
            appointment_id=appointment_id,
            channel=ReminderChannel(wish.validated_data["method"]),
            idempotency_key=f"api:{key}" if key else get_random_string(32),
            actor=asked.actor,
        )
        return Response({"success": True, "recipient": sent.recipient, "method": sent.channel.value})
