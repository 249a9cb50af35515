from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Scheduling"

    def ready(self) -> None:
        from orgs.services import register_seeder
        from scheduling.services import seed_opening

        register_seeder(seed_opening)
