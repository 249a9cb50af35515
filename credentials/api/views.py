"""`/api/integrations`: states and masks out, credentials in, tokens never."""

from typing import Any, cast

from django.http import HttpResponse, HttpResponseRedirect
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from credentials import connections, events, selectors
from credentials.api.serializers import KeyRequest, ResendRequest, TwilioRequest
from credentials.calendars import CALENDARS
from credentials.errors import ConnectInBrowser
from credentials.slugs import access_provider
from credentials.types import Provider
from credentials.views.oauth import begin_in_browser
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_fresh_sign_in, require_permission
from orgs.scope import org_tx
from voxanne.errors import NotFound

_BODY = PolymorphicProxySerializer(
    component_name="Credentials", serializers=[TwilioRequest, ResendRequest, KeyRequest], resource_type_field_name=None
)


class ProviderView(APIView):
    """What asks a provider: counted, because each request here is one there."""

    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "integrations"


@require_permission("credentials:read")
class StatusView(APIView):
    """The state of every integration."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return _success(selectors.describe_all(_org_request(request).org))


@require_permission("credentials:write")
@require_fresh_sign_in
@opens_own_transactions
class IntegrationView(ProviderView):
    """Connect or replace one integration, or end it."""

    @extend_schema(request=_BODY, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, provider: str) -> Response:
        """Test the credentials with the provider, then store them. On any refusal the earlier ones still work."""
        known, asked = access_provider(provider), _org_request(request)
        connections.connect(org=asked.org, provider=known, given=request.data, actor=asked.actor)
        shown = selectors.describe(known, connections.get_status(asked.org, known))
        if known is Provider.VAPI:
            with org_tx():
                shown["assistantIds"] = events.list_assistants(asked.org)
        return _success(shown)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, provider: str) -> Response:
        """Delete the credentials and take access back at the provider; deleting twice is the same as once."""
        known, asked = access_provider(provider), _org_request(request)
        ended = connections.disconnect(org=asked.org, provider=known, actor=asked.actor)
        return _success({"connected": False, "accessEnded": ended})


@require_permission("credentials:write")
@opens_own_transactions
class VerifyView(ProviderView):
    """Ask the provider whether what is stored still works."""

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, provider: str) -> Response:
        verdict = connections.verify(org=_org_request(request).org, provider=access_provider(provider))
        return _success(
            {"valid": verdict.is_valid, "lastVerified": verdict.last_verified_at, "error": verdict.error or None}
        )


@require_permission("credentials:write")
@require_fresh_sign_in
@opens_own_transactions
class AuthorizeView(ProviderView):
    """Send a signed-in browser to the calendar provider's page."""

    @extend_schema(responses={302: None})
    def get(self, request: Request, provider: str) -> HttpResponse:
        known = access_provider(provider)
        if known not in CALENDARS:
            raise NotFound
        if not request._request.user.is_authenticated:
            raise ConnectInBrowser(known)
        return HttpResponseRedirect(begin_in_browser(_org_request(request), known))


def _org_request(request: Request) -> OrgRequest:
    return cast("OrgRequest", request._request)


def _success(data: dict[str, Any]) -> Response:
    return Response({"success": True, "data": data})
