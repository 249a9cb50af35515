"""The Django admin's door: platform staff only, and what they do is the service's work, one transaction a request."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from orgs.actors import Actor, ActorKind
from orgs.scope import service_tx
from voxanne.client_address import client_ip
from voxanne.errors import Forbidden
from voxanne.transactions import abandon_open_transaction
from voxanne.views import render_domain_error

PREFIX = "/admin/"
# These write the session or the own password, which are the login's tables and not the service's.
OWN_AFFAIRS = {"logout", "password_change", "password_change_done", "jsi18n"}
GetResponse = Callable[[HttpRequest], HttpResponse]


class PlatformAdminMiddleware:
    """Stands where `OrgMiddleware` stands in the other processes.

    Session and user are read before the service's role is taken; the session is saved after it. Sign-in itself is
    allauth's, with its throttles and second factors.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if not user.is_staff:
            return render_domain_error(request, Forbidden("This part is for the platform's own staff."))
        request.actor = Actor(kind=ActorKind.USER, user_id=user.pk, ip=client_ip(request))  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(user=str(user.pk)):
            if _is_own_affair(request):
                return self.get_response(request)
            user.get_all_permissions()  # kept on the user: these tables are the login's
            with service_tx("django admin"):
                return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """An error page must not commit half a request."""
        abandon_open_transaction()


def _is_own_affair(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).url_name in OWN_AFFAIRS
    except Resolver404:
        return True
