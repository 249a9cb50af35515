"""`/api/contacts`: the people whom the clinic knows. The id of a merged contact leads to the one that was kept."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contacts.api.serializers import (
    ContactChange,
    ContactQuery,
    ContactSerializer,
    ContactStats,
    NewContact,
)
from contacts.caller_care import block_caller, unblock_caller
from contacts.changing import change_contact, create_contact, delete_contact
from contacts.lead_list import LeadFilters, lead_stats, list_contacts
from contacts.lead_order import LeadSort, decode_lead_cursor
from contacts.models import Contact
from contacts.people import access_contact
from contacts.reaching import allow_texts, stop_texts
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission

_PAGE = inline_serializer(
    "ContactPage",
    {"contacts": ContactSerializer(many=True), "next_cursor": serializers.CharField(allow_null=True)},
)
_TAKEN = OpenApiResponse(description="`contact_id` has this number.")
_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Sent again, it gives the same contact."
)
_RENAMED = {"contact_name": "name", "phone_number": "phone", "services_interested": "service_interests"}


@require_permission("contacts:read", post="contacts:write")
class ContactsView(APIView):
    """The organisation's contacts."""

    @extend_schema(operation_id="contacts_list", parameters=[ContactQuery], responses=_PAGE)
    def get(self, request: Request) -> Response:
        query = _read(ContactQuery, request.query_params)
        filters = LeadFilters(
            q=query["search"],
            stage=query["lead_status"],
            temperature=query["lead_temperature"],
            sort=LeadSort(query["sort"]),
        )
        after = decode_lead_cursor(query["cursor"], sort=filters.sort)
        rows, following = list_contacts(filters=filters, after=after, size=query["limit"])
        next_cursor = following.encode() if following else None
        return Response({"contacts": ContactSerializer(rows, many=True).data, "next_cursor": next_cursor})

    @extend_schema(parameters=[_KEY], request=NewContact, responses={201: ContactSerializer, 409: _TAKEN})
    def post(self, request: Request) -> Response:
        asked, given = _org_request(request), _read(NewContact, request.data)
        key = request.headers.get("Idempotency-Key", "")
        contact = create_contact(org=asked.org, facts=_facts(given), key=f"api:{key}" if key else "", actor=asked.actor)
        _decide(asked, contact, given)
        return Response(_answer(contact.pk), status=status.HTTP_201_CREATED)


class ContactView(APIView):
    """One contact."""

    org_permissions = {"get": "contacts:read", "patch": "contacts:write", "delete": "contacts:write"}

    @extend_schema(responses=ContactSerializer)
    def get(self, request: Request, contact_id: UUID) -> Response:
        return Response(_answer(contact_id))

    @extend_schema(request=ContactChange, responses={200: ContactSerializer, 409: _TAKEN})
    def patch(self, request: Request, contact_id: UUID) -> Response:
        """Only what is given changes."""
        asked, given = _org_request(request), _read(ContactChange, request.data)
        contact = change_contact(org=asked.org, contact_id=contact_id, changes=_facts(given), actor=asked.actor)
        _decide(asked, contact, given)
        return Response(_answer(contact.pk))

    @extend_schema(responses={204: None, 409: OpenApiResponse(description="An appointment is to come.")})
    def delete(self, request: Request, contact_id: UUID) -> Response:
        """Forget them. Calls, messages and past appointments stay, and are nobody's."""
        asked = _org_request(request)
        delete_contact(org=asked.org, contact_id=contact_id, actor=asked.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


@require_permission("contacts:read")
class StatsView(APIView):
    """How many there are."""

    @extend_schema(responses=ContactStats)
    def get(self, request: Request) -> Response:
        counts = vars(lead_stats())
        return Response({f"{name}_leads": count for name, count in counts.items()} | counts)


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    """By the names of the columns; a newer name counts before an older one."""
    newer = {_RENAMED[name]: value for name, value in given.items() if name in _RENAMED}
    return {name: value for name, value in given.items() if name not in _RENAMED} | newer


def _decide(asked: OrgRequest, contact: Contact, given: dict[str, Any]) -> None:
    """Whether they are answered and texted."""
    if "is_blocked" in given:
        (block_caller if given["is_blocked"] else unblock_caller)(contact_id=contact.pk, actor=asked.actor)
    if "is_opted_out" in given:
        decide = stop_texts if given["is_opted_out"] else allow_texts
        decide(org=asked.org, contact_id=contact.pk, actor=asked.actor)


def _answer(contact_id: UUID) -> dict[str, Any]:
    return dict(ContactSerializer(access_contact(contact_id)).data)


def _read(kind: type[serializers.Serializer[Any]], given: Any) -> dict[str, Any]:
    form = kind(data=given)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _org_request(request: Request) -> OrgRequest:
    return cast("OrgRequest", request._request)
