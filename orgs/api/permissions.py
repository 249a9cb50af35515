"""The default permission of API views: they must declare one, or be public by name."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from orgs.api.tokens import find_bearer_identity
from voxanne.errors import NotSignedIn


class DeclaredPermission(BasePermission):
    """Allow only what `OrgMiddleware` settled; a view that declares nothing is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return getattr(request._request, "actor", None) is not None


class Public(BasePermission):
    """For the few endpoints that make an identity: token, refresh, revoke."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return True


class SignedIn(BasePermission):
    """Anybody with a session or an access token, whichever organisation is active. For reading only."""

    def has_permission(self, request: Request, view: Any) -> bool:
        django_request = request._request
        if find_bearer_identity(django_request) is None and not django_request.user.is_authenticated:
            raise NotSignedIn
        return request.method in {"GET", "HEAD", "OPTIONS"}


class SchemaReader(SignedIn):
    """The API's description: for people who are signed in; for everybody while developing."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return settings.DEVELOPMENT or super().has_permission(request, view)
