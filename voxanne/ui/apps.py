"""The Django app of the interface: components, formatting, navigation, gallery."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "voxanne.ui"
    label = "ui"
    verbose_name = "Interface"
