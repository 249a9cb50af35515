"""All addresses of the Django admin process, which alone has a login that may see every organisation.

Pages share their frame with the site, so the site's names exist here too: each leads to the site.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, include, path

from voxanne import urls as site_urls

OWN_PREFIXES = ("admin/", "accounts/", "health", "metrics")


def _to_site(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return HttpResponseRedirect(settings.BACKEND_URL + request.get_full_path())


def _elsewhere(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same addresses and names, each answered by a redirect to the site."""
    found: list[URLPattern | URLResolver] = []
    for pattern in patterns:
        if str(pattern.pattern).startswith(OWN_PREFIXES):
            continue
        if isinstance(pattern, URLPattern):
            found.append(URLPattern(pattern.pattern, _to_site, name=pattern.name))
        else:
            inner = _elsewhere(pattern.url_patterns)
            found.append(URLResolver(pattern.pattern, inner, app_name=pattern.app_name, namespace=pattern.namespace))
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("voxanne.health.urls")),
    path("", include("voxanne.metrics.urls")),
    *_elsewhere(site_urls.urlpatterns),
]

handler400 = site_urls.handler400
handler403 = site_urls.handler403
handler404 = site_urls.handler404
handler500 = site_urls.handler500
