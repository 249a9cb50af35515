from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "voxanne.health"
