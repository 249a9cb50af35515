"""The bare views beside all addresses of the product."""

from django.urls import include, path

from bench.bare import BareLookUp, BareUpsert

urlpatterns = [
    path("bare", BareUpsert.as_view()),
    path("bare/look-up", BareLookUp.as_view()),
    path("", include("voxanne.urls")),
]
