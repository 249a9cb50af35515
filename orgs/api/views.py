"""The API's own sign-in, and the question whether a person belongs to an organisation."""

from typing import cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from orgs.api.permissions import Public, SchemaReader, SignedIn
from orgs.api.serializers import OrganisationAnswer, RefreshRequest, TokenPair, TokenRequest
from orgs.api.sign_in import access_clinic, access_person
from orgs.api.tokens import find_bearer_identity, issue_tokens, revoke_token, rotate_tokens
from orgs.errors import NotAMember
from orgs.querysets import find_membership


class SignInView(APIView):
    """What the endpoints share that make an identity: nobody is signed in yet, and tries are counted by address."""

    authentication_classes = ()
    permission_classes = (Public,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_in"


class TokenView(SignInView):
    """Email and password (and code) for a pair of tokens."""

    @extend_schema(request=TokenRequest, responses=TokenPair)
    def post(self, request: Request) -> Response:
        asked = TokenRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        facts = asked.validated_data
        user = access_person(
            request._request,
            email=facts["email"],
            password=facts["password"],
            otp=facts.get("otp", ""),
        )
        membership = access_clinic(user, facts.get("org_id"))
        return Response(issue_tokens(user_id=user.pk, org_id=membership.org_id, role=membership.role))


class RefreshView(SignInView):
    """A refresh token, once, for a new pair."""

    throttle_scope = "refresh"

    @extend_schema(request=RefreshRequest, responses=TokenPair)
    def post(self, request: Request) -> Response:
        asked = RefreshRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(rotate_tokens(asked.validated_data["refresh"]))


class RevokeView(SignInView):
    """End a refresh token; the answer is the same for one that never was."""

    throttle_scope = "refresh"

    @extend_schema(request=RefreshRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        asked = RefreshRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        revoke_token(asked.validated_data["refresh"])
        return Response(status=204)


class ValidateView(APIView):
    """Does the caller belong to this organisation, and as what? Works before an active one is chosen."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (SignedIn,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "validate"

    @extend_schema(responses=OrganisationAnswer)
    def get(self, request: Request, org_id: UUID) -> Response:
        django_request = request._request
        identity = find_bearer_identity(django_request)
        user_id = identity.user_id if identity else cast("UUID", django_request.user.pk)
        membership = find_membership(user_id=user_id, org_id=org_id)
        if membership is None:
            raise NotAMember
        return Response(
            {"valid": True, "org_id": membership.org_id, "name": membership.org_name, "role": membership.role.value}
        )


class SchemaView(SpectacularAPIView):
    """The OpenAPI description, for people who are signed in."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (SchemaReader,)
