"""The default permission of API views: they must declare one, or be public by name."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DeclaredPermission(BasePermission):
    """Allow only what `OrgMiddleware` settled; a view that declares nothing is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return getattr(request._request, "actor", None) is not None


class Public(BasePermission):
    """For the few endpoints that make an identity: token, refresh, revoke."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return True
