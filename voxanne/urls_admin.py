"""All addresses of the Django admin process, which alone has a login that may see every organisation."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("voxanne.health.urls")),
]

handler404 = "voxanne.views.page_not_found"
handler500 = "voxanne.views.server_error"
