"""All addresses of the site and the webhooks."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

import voxanne.converters  # noqa: F401 - registers uuid_or_400 before any room uses it

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(url="/dashboard"), name="home"),
    path("", include("voxanne.health.urls")),
    path("", include("voxanne.metrics.urls")),
    path("", include("calls.urls")),
    path("", include("scheduling.urls")),
    path("", include("contacts.urls")),
    path("", include("knowledge.urls")),
    path("", include("agents.urls")),
    path("", include("telephony.urls")),
    path("", include("credentials.urls")),
    path("", include("orgs.urls")),
    path("", include("voxanne.ui.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", RedirectView.as_view(url=settings.ADMIN_URL), name="admin"),
]

handler400 = "voxanne.views.bad_request"
handler403 = "voxanne.views.permission_denied"
handler404 = "voxanne.views.page_not_found"
handler500 = "voxanne.views.server_error"
