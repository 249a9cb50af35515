from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls.onboarding import FIRST_CALL
        from calls.tools.registry import register_all
        from orgs.onboarding import register_step

        register_all()
        register_step(FIRST_CALL)
