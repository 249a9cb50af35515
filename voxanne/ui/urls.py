"""Addresses of the interface itself, mounted under /dashboard/."""

from django.conf import settings
from django.urls import path

from voxanne.ui import gallery, views

app_name = "ui"

urlpatterns = [path("_theme", views.choose_theme, name="theme")]

if settings.DEBUG:
    urlpatterns.append(path("_components", gallery.show, name="gallery"))
