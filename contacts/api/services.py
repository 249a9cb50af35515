"""`/api/services`: the price list for integrators."""

from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contacts import price_list
from contacts.models import DAY_MINUTES, Service
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from voxanne.cursors import decode_cursor, newest_first
from voxanne.errors import BadInput
from voxanne.money import decimals_of, to_amount, to_minor

_TAKEN = OpenApiResponse(description="The price list has that name already.")
_LARGEST = Decimal(price_list.MOST_PRICE_MINOR)


class ServiceSerializer(serializers.ModelSerializer[Service]):
    """One service. `price` is in whole units of `currency` ("125.50"), `price_minor` in its smallest (12550)."""

    price = serializers.SerializerMethodField()
    keywords = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Service
        fields = (
            "id", "name", "price", "price_minor", "currency", "keywords", "is_active", "duration_minutes",
            "created_at", "updated_at",
        )  # fmt: skip

    def get_price(self, service: Service) -> str:
        return f"{to_amount(service.price_minor, service.currency):f}"


class NewService(serializers.Serializer[Any]):
    """Something to sell, in the organisation's currency."""

    name = serializers.CharField(max_length=price_list.LONGEST_NAME)
    price = serializers.DecimalField(max_digits=14, decimal_places=3, min_value=Decimal(0), max_value=_LARGEST)
    keywords = serializers.ListField(
        child=serializers.CharField(max_length=price_list.LONGEST_KEYWORD),
        max_length=price_list.MOST_KEYWORDS,
        required=False,
        default=list,
    )
    duration_minutes = serializers.IntegerField(min_value=5, max_value=DAY_MINUTES, required=False, default=30)


class ServiceChange(serializers.Serializer[Any]):
    """What may be changed. `is_active: false` takes it off the list."""

    name = serializers.CharField(max_length=price_list.LONGEST_NAME, required=False)
    price = serializers.DecimalField(
        max_digits=14, decimal_places=3, min_value=Decimal(0), max_value=_LARGEST, required=False
    )
    keywords = serializers.ListField(
        child=serializers.CharField(max_length=price_list.LONGEST_KEYWORD),
        max_length=price_list.MOST_KEYWORDS,
        required=False,
    )
    is_active = serializers.BooleanField(required=False)


class ServicesQuery(serializers.Serializer[Any]):
    """Which services."""

    active = serializers.BooleanField(required=False, allow_null=True, default=None)
    cursor = serializers.CharField(required=False, max_length=200, default="")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


_PAGE = inline_serializer(
    "ServicePage",
    {"services": ServiceSerializer(many=True), "next_cursor": serializers.CharField(allow_null=True)},
)


@require_permission("services:read", post="services:write")
class ServicesView(APIView):
    """The price list, the newest first."""

    @extend_schema(operation_id="services_list", parameters=[ServicesQuery], responses=_PAGE)
    def get(self, request: Request) -> Response:
        query = _read(ServicesQuery, request.query_params)
        found = Service.objects.for_org(_asked(request).org.pk)
        if query["active"] is not None:
            found = found.filter(is_active=query["active"])
        after = decode_cursor(query["cursor"])
        rows, following = newest_first(found, after=after, down_to=None, size=query["limit"], most=query["limit"])
        return Response(
            {
                "services": ServiceSerializer(rows, many=True).data,
                "next_cursor": following.encode() if following else None,
            }
        )

    @extend_schema(request=NewService, responses={201: ServiceSerializer, 409: _TAKEN})
    def post(self, request: Request) -> Response:
        """Put something on the list. Agents tell callers of it from then on."""
        asked = _asked(request)
        facts = _priced(_read(NewService, request.data), asked.org.currency)
        service = price_list.add_service(org=asked.org, facts=facts, actor=asked.actor)
        return Response(ServiceSerializer(service).data, status=status.HTTP_201_CREATED)


class ServiceView(APIView):
    """One service."""

    org_permissions = {"get": "services:read", "patch": "services:write", "delete": "services:write"}

    @extend_schema(responses=ServiceSerializer)
    def get(self, request: Request, service_id: UUID) -> Response:
        return Response(ServiceSerializer(price_list.access_any_service(_asked(request).org, service_id)).data)

    @extend_schema(request=ServiceChange, responses={200: ServiceSerializer, 409: _TAKEN})
    def patch(self, request: Request, service_id: UUID) -> Response:
        """Change it. Past calls keep the value that they were given."""
        current = price_list.access_any_service(_asked(request).org, service_id)
        return self._change(request, current, _priced(_read(ServiceChange, request.data), current.currency))

    @extend_schema(responses=ServiceSerializer)
    def delete(self, request: Request, service_id: UUID) -> Response:
        """Take it off the list. Services are never removed: past visits and calls name them."""
        current = price_list.access_any_service(_asked(request).org, service_id)
        return self._change(request, current, {"is_active": False})

    def _change(self, request: Request, current: Service, changes: dict[str, Any]) -> Response:
        asked = _asked(request)
        price_list.change_service(org=asked.org, service_id=current.pk, changes=changes, actor=asked.actor)
        return Response(ServiceSerializer(price_list.access_any_service(asked.org, current.pk)).data)


def _priced(given: dict[str, Any], currency: str) -> dict[str, Any]:
    """With the price in minor units.

    Raises:
        BadInput: it is finer than the currency's smallest unit, or more than anybody charges.
    """
    if "price" not in given:
        return given
    price: Decimal = given.pop("price")
    minor = to_minor(price, currency)
    if to_amount(minor, currency) != price:
        places = decimals_of(currency)
        raise BadInput(fields={"price": [f"{currency} has {places} decimal places at most."]})
    if minor > price_list.MOST_PRICE_MINOR:
        raise BadInput(fields={"price": ["That is more than a price list holds."]})
    return {**given, "price_minor": minor}


def _read(kind: type[serializers.Serializer[Any]], given: Any) -> dict[str, Any]:
    form = kind(data=given)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _asked(request: Request) -> OrgRequest:
    return cast("OrgRequest", request._request)
