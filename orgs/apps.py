from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "orgs"
    verbose_name = "Organisations"

    def ready(self) -> None:
        from orgs import checks, onboarding, sessions  # noqa: F401 - checks registers the system checks
        from orgs.api import schema  # noqa: F401 - describes our authentication in the OpenAPI document
        from orgs.permissions import is_allowed
        from orgs.platform_figures import read_all
        from orgs.second_factors import SealedSecondFactors
        from voxanne.metrics.figures import register_source
        from voxanne.sealed_rows import register_sealed
        from voxanne.ui import permissions as shown

        shown.use_check(is_allowed)
        sessions.connect_receivers()
        onboarding.register_step(onboarding.PROFILE)
        register_sealed(SealedSecondFactors())
        register_source("database", read_all)
