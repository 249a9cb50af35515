from django.apps import AppConfig
from django.db.backends.signals import connection_created


class MetricsConfig(AppConfig):
    name = "voxanne.metrics"

    def ready(self) -> None:
        from voxanne.metrics.denials import count_denials_of

        connection_created.connect(count_denials_of, dispatch_uid="voxanne.metrics.denials")
