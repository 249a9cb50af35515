"""Numbers that we buy for clinics: what is for sale, what the clinic has, ordering, assigning, giving back."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.api.requests import read_object
from agents.managed_numbers.offers import PricedNumber, read_wish, search
from agents.managed_numbers.ordering import assign_number, order_number, release_number
from agents.managed_numbers.selectors import NumberView, get_number, list_lines_leading_to, list_numbers
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from orgs.scope import org_tx
from telephony.models import ManagedStatus, NumberType
from voxanne.errors import BadInput

_COST = inline_serializer("MonthlyCost", {"minor": serializers.IntegerField(), "currency": serializers.CharField()})
_OFFER = inline_serializer(
    "AvailableNumber",
    {
        **{name: serializers.CharField() for name in ("phoneNumber", "country", "place", "addressNote")},
        "type": serializers.ChoiceField(NumberType.choices),
        "capabilities": serializers.ListField(child=serializers.CharField()),
        "canBeBought": serializers.BooleanField(),
        "monthlyCost": _COST,
    },
    many=True,
)
_NUMBER: dict[str, serializers.Field[Any, Any, Any, Any]] = {
    "id": serializers.UUIDField(),
    **{name: serializers.CharField() for name in ("phoneNumber", "country", "problem")},
    "type": serializers.ChoiceField(NumberType.choices),
    "capabilities": serializers.ListField(child=serializers.CharField()),
    "status": serializers.ChoiceField(ManagedStatus.choices),
    "agentId": serializers.UUIDField(allow_null=True),
    "vapiPhoneNumberId": serializers.CharField(allow_null=True),
    "monthlyCost": _COST,
    "createdAt": serializers.DateTimeField(),
}
_ONE = inline_serializer(
    "ManagedNumberAnswer",
    {"success": serializers.BooleanField(), "number": inline_serializer("ManagedNumber", _NUMBER)},
)
_LINE: dict[str, serializers.Field[Any, Any, Any, Any]] = {
    "phoneNumber": serializers.CharField(),
    "code": serializers.CharField(),
}
# `turnOff`: lines that still forward to the number, and the code that stops it on each.
_GIVEN_BACK = inline_serializer(
    "ManagedNumberGivenBack",
    {
        "success": serializers.BooleanField(),
        "number": inline_serializer("ManagedNumberGone", _NUMBER),
        "turnOff": inline_serializer("ForwardingLine", _LINE, many=True),
    },
)
_MANY = inline_serializer(
    "ManagedNumbersAnswer",
    {"success": serializers.BooleanField(), "numbers": inline_serializer("ManagedNumberItem", _NUMBER, many=True)},
)
_OFFERS = inline_serializer("AvailableNumbersAnswer", {"success": serializers.BooleanField(), "numbers": _OFFER})
_ORDER = inline_serializer(
    "ManagedNumberOrder",
    {
        "phoneNumber": serializers.CharField(),
        "type": serializers.ChoiceField(NumberType.choices, required=False),
        "agentId": serializers.UUIDField(required=False),
    },
)
_ASSIGNMENT = inline_serializer("ManagedNumberAssignment", {"agentId": serializers.UUIDField()})
_NAMES = ("country", "type", "areaCode", "contains", "sms")
_ASKED = [OpenApiParameter(name, str, required=name == "country") for name in _NAMES]


@require_permission("telephony:read")
@opens_own_transactions
class AvailableNumbersView(APIView):
    """What Twilio sells, with what it costs a month and what its country asks for."""

    @extend_schema(operation_id="available_numbers", parameters=_ASKED, responses=_OFFERS)
    def get(self, request: Request) -> Response:
        asked = {name: request.query_params.get(name, "") for name in _NAMES}
        wish = read_wish(
            country=asked["country"],
            kind=asked["type"],
            area_code=asked["areaCode"],
            contains=asked["contains"],
            takes_texts=asked["sms"].lower() == "true",
        )
        return Response({"success": True, "numbers": [_show_offer(offer) for offer in search(wish)]})


@opens_own_transactions
class ManagedNumbersView(APIView):
    """The clinic's numbers; ordering one is answered at once, and workers buy and connect it."""

    org_permissions = {"get": "telephony:read", "post": "telephony:write"}

    @extend_schema(operation_id="managed_numbers_list", responses=_MANY)
    def get(self, request: Request) -> Response:
        with org_tx():
            numbers = [_show(view) for view in list_numbers(_org_request(request).org)]
        return Response({"success": True, "numbers": numbers})

    @extend_schema(request=_ORDER, responses={202: _ONE})
    def post(self, request: Request) -> Response:
        given, org_request = read_object(request), _org_request(request)
        kind = given.get("type", NumberType.LOCAL.value)
        if not isinstance(given.get("phoneNumber"), str):
            raise BadInput(fields={"phoneNumber": ["Give the number in E.164: + country code and number."]})
        if kind not in NumberType.values:
            raise BadInput(fields={"type": [f"Choose one of {', '.join(NumberType.values)}."]})
        row = order_number(
            org=org_request.org, phone_number=given["phoneNumber"], kind=kind, actor=org_request.actor,
            agent_id=_read_agent(given) if given.get("agentId") is not None else None,
        )  # fmt: skip
        return _answer(row.pk, status=202)


@opens_own_transactions
class ManagedNumberView(APIView):
    """One number: how far it is, who answers it, giving it back."""

    org_permissions = {"get": "telephony:read", "patch": "telephony:write", "delete": "telephony:write"}

    @extend_schema(operation_id="managed_number", responses=_ONE)
    def get(self, request: Request, number_id: UUID) -> Response:
        return _answer(number_id)

    @extend_schema(request=_ASSIGNMENT, responses=_ONE)
    def patch(self, request: Request, number_id: UUID) -> Response:
        given, org_request = read_object(request), _org_request(request)
        assign_number(org=org_request.org, number_id=number_id, agent_id=_read_agent(given), actor=org_request.actor)
        return _answer(number_id)

    @extend_schema(responses={202: _GIVEN_BACK})
    def delete(self, request: Request, number_id: UUID) -> Response:
        org_request = _org_request(request)
        row = release_number(org=org_request.org, number_id=number_id, actor=org_request.actor)
        with org_tx():
            lines = list_lines_leading_to(row.phone_number)
        answer = _answer(number_id, status=202)
        answer.data["turnOff"] = [
            {"phoneNumber": line.sim_phone_number, "code": line.generated_deactivation_code} for line in lines
        ]
        return answer


def _org_request(request: Request) -> OrgRequest:
    return cast("OrgRequest", request._request)


def _read_agent(given: dict[str, Any]) -> UUID:
    try:
        return UUID(str(given.get("agentId")))
    except ValueError as error:
        raise BadInput(fields={"agentId": ["Give the id of one of your agents."]}) from error


def _answer(number_id: UUID, *, status: int = 200) -> Response:
    with org_tx():
        return Response({"success": True, "number": _show(get_number(number_id))}, status=status)


def _show(view: NumberView) -> dict[str, Any]:
    row = view.row
    return {
        "id": row.pk,
        "phoneNumber": row.phone_number,
        "country": row.country,
        "type": row.number_type,
        "capabilities": row.capabilities,
        "status": row.status,
        "problem": row.problem,
        "agentId": row.agent_id,
        "vapiPhoneNumberId": row.vapi_phone_number_id or None,
        "monthlyCost": {"minor": row.monthly_cost_minor, "currency": row.cost_currency},
        "createdAt": row.created_at,
    }


def _show_offer(offer: PricedNumber) -> dict[str, Any]:
    return {
        "phoneNumber": offer.number,
        "country": offer.country,
        "type": offer.kind,
        "place": offer.place,
        "capabilities": list(offer.capabilities),
        "canBeBought": offer.can_be_bought,
        "addressNote": offer.address_note,
        "monthlyCost": {"minor": offer.monthly_cost_minor, "currency": offer.cost_currency},
    }
