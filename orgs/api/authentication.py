"""API views learn who asks from `OrgMiddleware`; session requests must carry the CSRF token too."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request


class ActorAuthentication(BaseAuthentication):
    """Take over what the middleware settled. A cookie alone is not enough for a write."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        actor = getattr(request._request, "actor", None)
        if actor is None:
            return None
        if not request._request.META.get("HTTP_AUTHORIZATION", "").startswith("Bearer "):
            SessionAuthentication().enforce_csrf(request)
        return request._request.user, actor

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
