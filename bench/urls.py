"""The bare view beside all addresses of the product."""

from django.urls import include, path

from bench.bare import BareUpsert

urlpatterns = [path("bare", BareUpsert.as_view()), path("", include("voxanne.urls"))]
