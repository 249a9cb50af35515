"""The theme switch for people without script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from voxanne.ui import theme


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme in a cookie and go back to where the person was."""
    choice = request.POST.get("theme", "system")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if choice in theme.CHOICES:
        response.set_cookie(
            theme.COOKIE,
            choice,
            max_age=theme.COOKIE_AGE_S,
            secure=request.is_secure(),
            httponly=False,  # the switch in the browser writes it too; it holds no secret
            samesite="Lax",
        )
    return response
