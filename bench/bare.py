"""What the product is compared with: Django REST views that do one upsert, or one look-up, and nothing else."""

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


_LOOK_UP = "SELECT name FROM bare_contacts WHERE org_id = %s::uuid AND phone = %s"


class _Bare(APIView):
    """No sign-in, no permission, no throttle, no middleware: the framework's own cost and one statement."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []


class BareLookUp(_Bare):
    """One query that an index answers."""

    def post(self, request: Request) -> Response:
        """Who calls."""
        message: dict[str, Any] = dict(request.data)["message"]
        with connection.cursor() as cursor:
            cursor.execute(_LOOK_UP, [message["call"]["orgId"], message["customer"]["number"]])
            found = cursor.fetchone()
        return Response({"assistantId": "a1", "name": found[0] if found else ""})


class BareUpsert(_Bare):
    """One statement that writes."""

    def post(self, request: Request) -> Response:
        """Keep the message."""
        message: dict[str, Any] = dict(request.data)["message"]
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [ORG_ID, message["type"], message["call"]["id"], json.dumps(message)])
        return Response({})
