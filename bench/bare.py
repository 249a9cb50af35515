"""What the webhook is compared with: a Django REST view that does one upsert and nothing else."""

import json
from typing import Any

from django.db import connection
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

_UPSERT = """
INSERT INTO bare_events (org_id, event_type, vapi_call_id, payload)
VALUES (%s::uuid, %s, %s, %s::jsonb)
ON CONFLICT (org_id, vapi_call_id, event_type) DO UPDATE SET payload = excluded.payload
"""
ORG_ID = "00000000-0000-0000-0000-000000000001"


class BareUpsert(APIView):
    """No sign-in, no permission, no throttle, no middleware: the framework's own cost and one statement."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []

    def post(self, request: Request) -> Response:
        """Keep the message."""
        message: dict[str, Any] = dict(request.data)["message"]
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [ORG_ID, message["type"], message["call"]["id"], json.dumps(message)])
        return Response({})
