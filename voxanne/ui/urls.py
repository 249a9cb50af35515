"""Addresses of the interface itself."""

from django.conf import settings
from django.urls import path

from voxanne.ui import gallery, views

app_name = "ui"

urlpatterns = [path("dashboard/_theme", views.choose_theme, name="theme")]

if settings.DEVELOPMENT:
    urlpatterns.append(path("dashboard/_components", gallery.show, name="gallery"))
