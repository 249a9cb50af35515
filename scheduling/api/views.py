"""`/api/appointments`: the diary for integrators. Refused times answer 409 with the nearest that can be had."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from scheduling.api.serializers import (
    AppointmentChange,
    AppointmentSerializer,
    AvailabilityQuery,
    ListQuery,
    NewAppointment,
    SlotSerializer,
)
from scheduling.availability import find_slots
from scheduling.changing import cancel_appointment
from scheduling.desk import (
    book_at_desk,
    change_at_desk,
    find_practitioner_by_id,
    find_service_by_id,
    get_appointment,
)
from scheduling.models import Appointment, AppointmentStatus
from scheduling.policies import bookings_need_approval
from voxanne.clock import now
from voxanne.cursors import Cursor, decode_cursor

_PAGE = inline_serializer(
    "AppointmentPage",
    {"appointments": AppointmentSerializer(many=True), "next_cursor": serializers.CharField(allow_null=True)},
)
_SLOTS = inline_serializer("Availability", {"slots": SlotSerializer(many=True)})
_REFUSED = OpenApiResponse(description="The time cannot be had; `alternatives` can.")
DEFAULT_DAYS = 7


@require_permission("appointments:read", post="appointments:write")
class AppointmentsView(APIView):
    """The organisation's appointments, by start."""

    @extend_schema(operation_id="appointments_list", parameters=[ListQuery], responses=_PAGE)
    def get(self, request: Request) -> Response:
        query = _read(ListQuery, request.query_params)
        rows = _listed(request, query)
        page, more = rows[: query["limit"]], len(rows) > query["limit"]
        last = page[-1] if more else None
        return Response(
            {
                "appointments": AppointmentSerializer(page, many=True).data,
                "next_cursor": Cursor(moment=last.starts_at, id=last.pk).encode() if last else None,
            }
        )

    @extend_schema(request=NewAppointment, responses={201: AppointmentSerializer, 409: _REFUSED})
    def post(self, request: Request) -> Response:
        """Book. The same `Idempotency-Key` gives the same appointment again.

        It is `pending` until the team confirms it where the clinic wants that, or while its calendar does not answer.
        """
        wish = _read(NewAppointment, request.data)
        if key := request.headers.get("Idempotency-Key", "")[:120]:
            wish["idempotency_key"] = f"api:{key}"
        asked = _org_request(request)
        wish["needs_approval"] = bookings_need_approval(asked.org)
        booked = book_at_desk(org=asked.org, wish=wish, actor=asked.actor)
        return Response(AppointmentSerializer(get_appointment(booked.pk)).data, status=status.HTTP_201_CREATED)


class AppointmentView(APIView):
    """One appointment."""

    org_permissions = {"get": "appointments:read", "patch": "appointments:write", "delete": "appointments:write"}

    @extend_schema(responses=AppointmentSerializer)
    def get(self, request: Request, appointment_id: UUID) -> Response:
        return Response(AppointmentSerializer(get_appointment(appointment_id)).data)

    @extend_schema(request=AppointmentChange, responses={200: AppointmentSerializer, 409: _REFUSED})
    def patch(self, request: Request, appointment_id: UUID) -> Response:
        """Move it, give it to another practitioner, confirm, cancel or close it, or change its notes."""
        asked, change = _org_request(request), _read(AppointmentChange, request.data)
        changed = change_at_desk(org=asked.org, appointment_id=appointment_id, change=change, actor=asked.actor)
        return Response(AppointmentSerializer(changed).data)

    @extend_schema(responses=AppointmentSerializer)
    def delete(self, request: Request, appointment_id: UUID) -> Response:
        """Cancel it. Appointments are never removed: the history of a patient stays."""
        asked = _org_request(request)
        cancel_appointment(org=asked.org, appointment_id=appointment_id, actor=asked.actor)
        return Response(AppointmentSerializer(get_appointment(appointment_id)).data)


@require_permission("appointments:read")
class AvailabilityView(APIView):
    """What can be booked."""

    @extend_schema(parameters=[AvailabilityQuery], responses=_SLOTS)
    def get(self, request: Request) -> Response:
        org, query = _org_request(request).org, _read(AvailabilityQuery, request.query_params)
        first = query.get("first_day") or now().astimezone(org.zone).date()
        slots = find_slots(
            org=org,
            first_day=first,
            last_day=query.get("last_day") or first + timedelta(days=DEFAULT_DAYS - 1),
            service=find_service_by_id(query.get("service_id")),
            practitioner=find_practitioner_by_id(query.get("practitioner_id")),
            limit=query["limit"],
        )
        return Response({"slots": [SlotSerializer(slot).data for slot in slots]})


def _listed(request: Request, query: dict[str, Any]) -> list[Appointment]:
    rows = Appointment.objects.for_org(_org_request(request).org.pk).exclude(status=AppointmentStatus.HELD)
    exact = {name: query[name] for name in ("status", "practitioner_id", "contact_id") if name in query}
    rows = rows.filter(**exact)
    if "since" in query:
        rows = rows.filter(starts_at__gte=query["since"])
    if "until" in query:
        rows = rows.filter(starts_at__lt=query["until"])
    if (after := decode_cursor(query["cursor"])) is not None:
        rows = rows.filter(Q(starts_at__gt=after.moment) | Q(starts_at=after.moment, id__gt=after.id))
    rows = rows.select_related("contact", "service", "practitioner").order_by("starts_at", "id")
    return list(rows[: query["limit"] + 1])


def _read(kind: type[serializers.Serializer[Any]], given: Any) -> dict[str, Any]:
    form = kind(data=given)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _org_request(request: Request) -> OrgRequest:
    return cast("OrgRequest", request._request)
