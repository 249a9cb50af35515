"""`/api/calls-dashboard`: the calls for integrators, and what can be done with one."""

from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.utils.crypto import get_random_string
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.actions.exporting import ExportFormat, export_transcript
from calls.actions.follow_up import LONGEST, send_follow_up
from calls.api.serializers import CallDetailSerializer, CallQuery, CallSerializer, StatsQuery, StatsSerializer
from calls.figures_by_day import stats
from calls.selectors import CallFilters, CallOrder, access_call, list_calls
from credentials.errors import CredentialError
from orgs import audit
from orgs.middleware import OrgRequest
from orgs.models import User
from orgs.permissions import require_permission
from orgs.scope import org_tx
from telephony.messaging.errors import TwilioNotConfigured
from voxanne.clock import now
from voxanne.errors import DomainError

STATS_DAYS = 30
_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Names this wish: sent again, it is the same message.",
)
_PAGE = inline_serializer(
    "CallPage", {"calls": CallSerializer(many=True), "next_cursor": serializers.CharField(allow_null=True)}
)
_SENT = inline_serializer(
    "FollowUpSent",
    {"success": serializers.BooleanField(), "messageId": serializers.UUIDField(), "phone": serializers.CharField()},
)
_UNABLE = OpenApiResponse(description="`Twilio not configured`, or the text is empty or too long.")
_REFUSED = OpenApiResponse(description="The person wants no texts, or their number takes none.")
_FAILED = OpenApiResponse(description="`Failed to send SMS`; `reason` says what to do.")
_NOTHING = OpenApiResponse(description="There is no transcript.")


class SmsFailed(DomainError):
    """It could not even be queued; `reason` tells staff why."""

    code = "sms_failed"
    http_status = 502
    message = "Failed to send SMS"

    def offers(self) -> dict[str, Any]:
        return {"reason": self.context["reason"]}


class FollowUpWish(serializers.Serializer[Any]):
    """The words."""

    message = serializers.CharField(max_length=LONGEST)


class ExportWish(serializers.Serializer[Any]):
    """As what."""

    format = serializers.ChoiceField(choices=ExportFormat.choices, default=ExportFormat.TXT)


@require_permission("calls:read")
class CallsView(APIView):
    """The organisation's calls."""

    @extend_schema(operation_id="calls_list", parameters=[CallQuery], responses=_PAGE)
    def get(self, request: Request) -> Response:
        asked = _read(CallQuery, request.query_params)
        cursor, limit = asked.pop("cursor"), asked.pop("limit")
        filters = CallFilters(
            **asked | {"recording": "1" if asked["recording"] else "", "sort": CallOrder(asked["sort"])}
        )
        http = _org_request(request)
        page = list_calls(org=http.org, filters=filters, after=filters.read_place(cursor), size=limit)
        return Response(
            {
                "calls": CallSerializer(page.rows, many=True, context={"currency": http.org.currency}).data,
                "next_cursor": page.next_cursor.encode() if page.next_cursor else None,
            }
        )


@require_permission("calls:read")
class CallStatsView(APIView):
    """What the telephone brought between two days."""

    @extend_schema(operation_id="calls_stats", parameters=[StatsQuery], responses=StatsSerializer)
    def get(self, request: Request) -> Response:
        """The last 30 days, unless told otherwise; days are the clinic's own."""
        org, asked = _org_request(request).org, _read(StatsQuery, request.query_params)
        last: date = asked.get("until") or now().astimezone(org.zone).date()
        first: date = asked.get("since") or last - timedelta(days=STATS_DAYS - 1)
        found = stats(org=org, first=first, last=last)
        shown = {
            "since": first,
            "until": last,
            "figures": found,
            "outbound_calls": found.calls - found.inbound,
            "currency": org.currency,
        }
        return Response(StatsSerializer(shown).data)


@require_permission("calls:read")
class CallView(APIView):
    """One call with what was said in it."""

    @extend_schema(operation_id="calls_detail", responses=CallDetailSerializer)
    def get(self, request: Request, call_id: UUID) -> Response:
        call, http = access_call(call_id), _org_request(request)
        audit.record(http.actor, "transcript.read", call)
        return Response(CallDetailSerializer(call, context={"currency": http.org.currency}).data)


class FollowUpView(APIView):
    """A text to whoever was on the line."""

    org_permissions = {"post": "messages:write"}

    @extend_schema(
        operation_id="calls_followup",
        request=FollowUpWish,
        parameters=[_KEY],
        responses={200: _SENT, 400: _UNABLE, 409: _REFUSED, 502: _FAILED},
    )
    def post(self, request: Request, call_id: UUID) -> Response:
        """Queue the text; the call's messages tell what becomes of it."""
        call, http = access_call(call_id), _org_request(request)
        wish = _read(FollowUpWish, request.data)
        try:
            sent = send_follow_up(
                org=http.org,
                call=call,
                text=wish["message"],
                idempotency_key=_key_of(request),
                actor=http.actor,
            )
        except TwilioNotConfigured as missing:
            raise TwilioNotConfigured("Twilio not configured") from missing
        except CredentialError as unreadable:
            raise SmsFailed(reason=unreadable.message) from unreadable
        return Response({"success": True, "messageId": sent.pk, "phone": sent.recipient})


class TranscriptExportView(APIView):
    """A call's transcript as a file. No transaction stays open while it is set."""

    org_permissions = {"post": "calls:read"}
    opens_own_transactions = True

    @extend_schema(
        operation_id="calls_transcript_export",
        request=ExportWish,
        parameters=[_KEY],
        responses={(200, "text/plain"): OpenApiTypes.BINARY, 409: _NOTHING},
    )
    def post(self, request: Request, call_id: UUID) -> HttpResponse:
        """`txt`, `pdf` or `json`. Each file that is handed out is noted among the call's messages."""
        http = _org_request(request)
        with org_tx():
            call, recipient = access_call(call_id), _email_of(http)
        made = export_transcript(
            org=http.org,
            call=call,
            kind=ExportFormat(_read(ExportWish, request.data)["format"]),
            recipient=recipient,
            idempotency_key=_key_of(request),
            actor=http.actor,
        )
        return HttpResponse(
            made.content,
            content_type=made.content_type,
            headers={"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"},
        )


def _read(kind: type[serializers.Serializer[Any]], given: Any) -> dict[str, Any]:
    form = kind(data=given)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _key_of(request: Request) -> str:
    key: str = request.headers.get("Idempotency-Key", "").strip()[:80]
    return f"api:{key}" if key else get_random_string(32)


def _email_of(request: OrgRequest) -> str:
    """Who asks, also where a token stands for them."""
    who = request.actor.user_id
    found = User.objects.filter(pk=who).values_list("email", flat=True).first() if who else ""
    return found or ""


def _org_request(request: Request) -> OrgRequest:
    return cast("OrgRequest", request._request)
