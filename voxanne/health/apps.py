from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "voxanne.health"

    def ready(self) -> None:
        # Every process enqueues: without this import `shared_task` would talk to Celery's default broker.
        from voxanne import celery  # noqa: F401
        from voxanne.health.figures import read_queues
        from voxanne.metrics.figures import register_source

        register_source("queues", read_queues)
